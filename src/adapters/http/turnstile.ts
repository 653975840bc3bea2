import type { Clock } from "../../ports/clock.ts";

const A_MINUTE_MS = 60_000;

export type TurnstileSettings = { readonly perMinute: number; readonly clock: Pick<Clock, "nowMs"> };

/** Lets so many through in a minute, all at once if they come so. */
export function createTurnstile({ perMinute, clock }: TurnstileSettings) {
  let left = perMinute;
  let atMs = clock.nowMs();
  return {
    /** The answer to one too many; undefined: it may pass. */
    refusal() {
      const nowMs = clock.nowMs();
      left = Math.min(perMinute, left + (Math.max(0, nowMs - atMs) * perMinute) / A_MINUTE_MS);
      atMs = nowMs;
      if (left >= 1) {
        left -= 1;
        return undefined;
      }
      const seconds = Math.ceil(((1 - left) * A_MINUTE_MS) / perMinute / 1000);
      const error = `expected at most ${perMinute} requests in a minute: send it again in ${seconds} s`;
      return { status: 429, body: { error }, headers: { "retry-after": String(seconds) } };
    },
  };
}
