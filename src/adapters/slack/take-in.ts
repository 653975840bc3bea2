import { messageOf } from "../../domain/errors.ts";
import type { Chat } from "../../ports/chat.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Answer, Inbound, Receive } from "../../ports/inbound.ts";
import type { Log } from "../../ports/log.ts";
import type { Metrics } from "../../ports/metrics.ts";
import { type AckBody, NOT_IN_TIME, NOT_STARTED, replyTo } from "./reply.ts";
import { readInbound } from "./read-inbound.ts";

// Slack waits for 3 s, the way there and back included.
const ANSWER_WITHIN_MS = 2200;

export type TakeInParts = {
  readonly receive: Receive;
  readonly chat: Pick<Chat, "respond" | "whisper">;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
};

/** What goes back to Slack at once. `again`: do not acknowledge, so that Slack sends the event once more. */
export type Taken = { readonly kind: "ack"; readonly body?: AckBody } | { readonly kind: "again" };

export type TakeIn = {
  /** Hands what came in to `receive`; settles within 2.2 s and never throws. */
  take(body: unknown): Promise<Taken>;
  /** Resolves when all that was taken has been answered, words that follow an acknowledgement included. */
  settled(): Promise<void>;
};

export function createTakeIn(parts: TakeInParts): TakeIn {
  const underway = new Set<Promise<unknown>>();
  const track = <Result>(work: Promise<Result>): Promise<Result> => {
    underway.add(work);
    return work.finally(() => underway.delete(work));
  };

  return {
    take: (body) => track(take(parts, body, track)),
    async settled() {
      while (underway.size > 0) await Promise.allSettled(underway);
    },
  };
}

type Track = (work: Promise<void>) => Promise<void>;

async function take(parts: TakeInParts, body: unknown, track: Track): Promise<Taken> {
  const reading = readInbound(body, parts.clock.nowMs());
  if (reading.kind === "unfit") parts.log.warn({ because: reading.because }, "a payload from Slack does not fit");
  if (reading.kind !== "inbound") return { kind: "ack" };

  const { inbound } = reading;
  parts.metrics.received(inbound.kind);
  const outcome = await ask(parts, inbound);
  // Nobody waits for an answer to a post, so that nobody would ask again: Slack does.
  if (outcome.kind !== "answered" && inbound.kind === "post") return { kind: "again" };

  const answer: Answer =
    outcome.kind === "answered" ? outcome.answer : { kind: "say", text: outcome.kind === "late" ? NOT_IN_TIME : NOT_STARTED };
  const reply = replyTo(inbound, answer);
  if (reply.after !== undefined) {
    const said = reply.after(parts.chat).catch((error: unknown) => {
      parts.log.warn({ kind: inbound.kind, id: inbound.id, because: messageOf(error) }, "words for the sender could not be delivered");
    });
    void track(said);
  }
  return reply.body === undefined ? { kind: "ack" } : { kind: "ack", body: reply.body };
}

type Outcome = { readonly kind: "answered"; readonly answer: Answer } | { readonly kind: "failed" } | { readonly kind: "late" };

async function ask({ receive, clock, log }: TakeInParts, inbound: Inbound): Promise<Outcome> {
  const facts = { kind: inbound.kind, id: inbound.id };
  const over = new AbortController();
  const answered = callReceive(receive, inbound).then(
    (answer): Outcome => ({ kind: "answered", answer }),
    (error: unknown): Outcome => {
      log.error({ ...facts, because: messageOf(error) }, "what came in could not be taken on");
      return { kind: "failed" };
    },
  );
  const late = clock.sleep(ANSWER_WITHIN_MS, over.signal).then(
    (): Outcome => {
      log.error({ ...facts, withinMs: ANSWER_WITHIN_MS }, "what came in was not taken on in time");
      return { kind: "late" };
    },
    (): Outcome => ({ kind: "late" }), // called off below
  );
  const outcome = await Promise.race([answered, late]);
  over.abort();
  return outcome;
}

// A receive that throws before it returns its promise counts as one that rejects.
async function callReceive(receive: Receive, inbound: Inbound): Promise<Answer> {
  return receive(inbound);
}
