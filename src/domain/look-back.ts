import { parseDuration } from "./duration.ts";

// As long as the watch keeps what it has read.
const LONGEST_MS = 30 * 86_400_000;

/** What is expected after `--since`. */
export const LOOK_BACK_EXPECTED = "a time with its unit, up to 30d, such as 30m, 2h or 1d";

/** `2h` → how far back to look, in ms. Undefined: not understood, nothing, or further than anything is kept. */
export function parseLookBack(text: string): number | undefined {
  const ms = parseDuration(text);
  return ms === undefined || ms === 0 || ms > LONGEST_MS ? undefined : ms;
}
