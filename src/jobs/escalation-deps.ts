import type { Desk } from "../incidents/desk.ts";
import type { Chat } from "../ports/chat.ts";
import type { CodeHost } from "../ports/code-host.ts";
import type { Mailer } from "../ports/mailer.ts";

export type EscalateDeps = {
  readonly desk: Desk;
  readonly chat: Pick<Chat, "permalink">;
  /** Absent: not configured. */
  readonly codeHost?: CodeHost;
  readonly mailer?: Mailer;
  readonly escalationTimes: EscalationTimes;
  /** 0 to below 1, for spreading repetitions. */
  random(): number;
};

export type EscalationTimes = {
  /** How long one sender has an incident's issue, or its mail, to itself. */
  readonly claimMs: number;
  /** For all that one attempt asks. Shorter than `claimMs`. */
  readonly answerWithinMs: number;
  /** How long to wait for the investigation that is running, so that its verdict can be told as well. */
  readonly verdictWithinMs: number;
  readonly firstRetryMs: number;
  readonly lastRetryMs: number;
  /** Without success by then the thread says that it is late. */
  readonly lateAfterMs: number;
  /** What was refused for good is tried so often, because somebody may put it right, and given up after so long. */
  readonly refusedRetryMs: number;
  readonly refusedForMs: number;
  /** What nobody answers, or may get better by itself, is given up after so long. */
  readonly giveUpAfterMs: number;
};

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export const ESCALATION_TIMES: EscalationTimes = {
  claimMs: 90_000,
  answerWithinMs: 60_000,
  verdictWithinMs: 20_000,
  firstRetryMs: 5_000,
  lastRetryMs: HOUR_MS,
  lateAfterMs: 10 * MINUTE_MS,
  refusedRetryMs: HOUR_MS,
  refusedForMs: 24 * HOUR_MS,
  giveUpAfterMs: 7 * 24 * HOUR_MS,
};
