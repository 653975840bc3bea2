import { setTimeout as after } from "node:timers/promises";
import { codeOf, OomphError } from "../../../domain/errors.ts";

const FIRST_MS = 250;
/** A server that restarts is back in seconds, and a kill is to be told within two. */
const MAX_UNREACHABLE_MS = 2000;
const MAX_OTHER_MS = 30_000;

/** How long to wait after so many failures in a row, 1 or more; `random` in 0..1 keeps many watchers from coming back at once. */
export function backOffMs(error: unknown, failures: number, random: number): number {
  const asked = error instanceof OomphError ? (error.retryAfterMs ?? 0) : 0;
  const isAway = ["unreachable", "timed-out", "conflict"].includes(codeOf(error));
  const longest = isAway ? MAX_UNREACHABLE_MS : MAX_OTHER_MS;
  const wait = Math.min(longest, FIRST_MS * 2 ** Math.min(failures - 1, 10));
  return Math.max(asked, wait * (0.5 + random / 2));
}

/** Resolves after so long, or at once when `signal` is aborted. */
export async function waitUnlessAborted(ms: number, signal: AbortSignal): Promise<void> {
  await after(ms, undefined, { signal }).catch(() => undefined);
}
