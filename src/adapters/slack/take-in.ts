import { messageOf } from "../../domain/errors.ts";
import type { Chat } from "../../ports/chat.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Answer, Inbound, Receive } from "../../ports/inbound.ts";
import type { Log } from "../../ports/log.ts";
import { type AckBody, NOT_IN_TIME, NOT_STARTED, type Reply, replyTo } from "./reply.ts";
import { readInbound } from "./read-inbound.ts";

// Slack waits for 3 s, the way there and back included.
const ANSWER_WITHIN_MS = 2200;

export type TakeInParts = {
  readonly receive: Receive;
  readonly chat: Pick<Chat, "respond" | "whisper">;
  readonly clock: Clock;
  readonly log: Log;
};

/** Sends the acknowledgement. */
export type Ack = (body?: AckBody) => Promise<void>;

export type TakeIn = {
  /**
   * Hands what came in to `receive` and acknowledges it within 2.2 s, whatever happens. False: not acknowledged, Slack is
   * to send it again. Throws only what `ack` throws.
   */
  take(body: unknown, ack: Ack): Promise<boolean>;
  /** Resolves when all that was taken has been acknowledged, and the words that follow have been said. */
  settled(): Promise<void>;
};

export function createTakeIn(parts: TakeInParts): TakeIn {
  const underway = new Set<Promise<unknown>>();
  const track = async <Result>(work: Promise<Result>): Promise<Result> => {
    underway.add(work);
    try {
      return await work;
    } finally {
      underway.delete(work);
    }
  };

  return {
    take: (body, ack) => track(take(parts, body, { ack, track })),
    async settled() {
      while (underway.size > 0) await Promise.allSettled(underway);
    },
  };
}

type Ways = { readonly ack: Ack; readonly track: (work: Promise<void>) => Promise<void> };

async function take(parts: TakeInParts, body: unknown, { ack, track }: Ways): Promise<boolean> {
  const reading = readInbound(body, parts.clock.nowMs());
  if (reading.kind === "unfit") parts.log.warn({ because: reading.because }, "a payload from Slack does not fit");
  if (reading.kind !== "inbound") {
    await ack();
    return true;
  }
  const { inbound } = reading;
  const outcome = await ask(parts, inbound);
  // Nobody waits for an answer to a post, so that nobody would ask again: Slack does.
  if (outcome.kind !== "answered" && inbound.kind === "post") return false;

  const reply = replyTo(inbound, answerOf(outcome));
  await ack(reply.body);
  if (reply.after !== undefined) void track(sayAfter(parts, inbound, reply.after));
  return true;
}

function answerOf(outcome: Outcome): Answer {
  switch (outcome.kind) {
    case "answered":
      return outcome.answer;
    case "failed":
      return { kind: "say", text: NOT_STARTED };
    case "late":
      return { kind: "say", text: NOT_IN_TIME };
  }
}

async function sayAfter({ chat, log }: TakeInParts, { kind, id }: Inbound, say: NonNullable<Reply["after"]>): Promise<void> {
  try {
    await say(chat);
  } catch (error) {
    log.warn({ kind, id, because: messageOf(error) }, "words for the sender could not be delivered");
  }
}

// One for all: a new one for each request would cost a stack trace each.
const CALLED_OFF = new Error("answered in time");

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
  over.abort(CALLED_OFF);
  return outcome;
}

// A receive that throws before it returns its promise counts as one that rejects.
async function callReceive(receive: Receive, inbound: Inbound): Promise<Answer> {
  return receive(inbound);
}
