import type { Delivery } from "../domain/delivery.ts";
import { messageOf } from "../domain/errors.ts";
import { commit, queueDelivery } from "../incidents/commit.ts";
import type { Desk } from "../incidents/desk.ts";
import { ChatRefusal, type Chat, type Place } from "../ports/chat.ts";
import type { JobOutcome } from "../ports/job-queue.ts";
import type { Pacer, Sending } from "../ports/pacer.ts";
import { hasRest, nextPart, sayRest, waitsForEarlierPart } from "./say-rest.ts";
import { send, type Sent } from "./send.ts";
import { giveUp, type UndeliveredDeps } from "./undelivered.ts";

export type DeliverDeps = UndeliveredDeps & {
  readonly chat: Chat;
  readonly pacer: Pacer;
  readonly times: DeliveryTimes;
  /** 0 to below 1, for spreading repetitions. */
  random(): number;
};

export type DeliveryTimes = {
  /** How long one sender has a message to itself. */
  readonly claimMs: number;
  /** How long Slack has to answer, for all that one attempt asks. Shorter than `claimMs`. */
  readonly answerWithinMs: number;
  readonly firstRetryMs: number;
  readonly lastRetryMs: number;
  /** The same where the app lacks a right: Slack says so at once, and whoever grants it looks whether it helps. */
  readonly lastRightsRetryMs: number;
  /** After this long without success it is said that it could not be delivered. */
  readonly giveUpAfterMs: number;
};

export const DELIVERY_TIMES: DeliveryTimes = {
  claimMs: 60_000,
  answerWithinMs: 30_000,
  firstRetryMs: 1_000,
  lastRetryMs: 300_000,
  lastRightsRetryMs: 60_000,
  giveUpAfterMs: 4 * 3_600_000,
};

const DONE: JobOutcome = { kind: "done" };

/** Makes Slack agree with what a message should say now. Goes round again while newer content comes in. */
export async function deliver(deps: DeliverDeps, deliveryId: string, signal: AbortSignal): Promise<JobOutcome> {
  let outcome = await deliverOnce(deps, deliveryId);
  while (outcome === undefined) {
    signal.throwIfAborted();
    outcome = await deliverOnce(deps, deliveryId);
  }
  return outcome;
}

/** Undefined: sent, and there may be more to send. */
async function deliverOnce(deps: DeliverDeps, deliveryId: string): Promise<JobOutcome | undefined> {
  const { desk, pacer, times } = deps;
  const nowMs = desk.clock.nowMs();
  const delivery = await desk.store.outbox.get(deliveryId);
  if (delivery === undefined || delivery.state !== "due") return DONE;
  if (delivery.claimedUntilMs !== undefined && delivery.claimedUntilMs > nowMs) return DONE; // its sender goes round again
  if (delivery.nextAttemptAtMs > nowMs) return { kind: "later", delayMs: delivery.nextAttemptAtMs - nowMs };

  const place = await placeOf(desk, delivery);
  if (place === "not-yet") return DONE; // whoever posts what it waits for wakes it
  if ("never" in place) return endFailed(deps, delivery, { message: place.never });
  const { channel, priority } = delivery;
  const waitMs = await pacer.waitMs({ channel, message: deliveryId, kind: kindOf(delivery), priority });
  if (waitMs > 0) return { kind: "later", delayMs: waitMs };

  // Only now, so that a claim always means that an attempt has begun; for its whole time, of which asking the pacer takes none.
  const claimedAtMs = desk.clock.nowMs();
  if (!(await desk.store.outbox.claim(deliveryId, claimedAtMs + times.claimMs, claimedAtMs))) return DONE;
  const claimed = (await desk.store.outbox.get(deliveryId)) ?? delivery;
  // Since it was first read another sender may have begun, and died.
  const mayHaveArrived = delivery.firstAttemptAtMs !== undefined || claimed.firstAttemptAtMs !== claimedAtMs;
  return attempt(deps, { delivery: claimed, place, mayHaveArrived });
}

function kindOf({ ts, content }: Delivery): Sending["kind"] {
  if (content.kind === "mark") return "mark";
  return ts === undefined || content.kind === "file" ? "post" : "edit";
}

/** `never`: why not. */
async function placeOf(desk: Desk, delivery: Delivery): Promise<Place | "not-yet" | { readonly never: string }> {
  const { channel, thread } = delivery;
  if (await waitsForEarlierPart(desk.store.outbox, delivery)) return "not-yet";
  if (thread === undefined) return { channel };
  if ("ts" in thread) return { channel, threadTs: thread.ts };
  const root = await desk.store.outbox.bySlot(thread.slot);
  if (root?.ts !== undefined) return { channel, threadTs: root.ts };
  if (root !== undefined && root.state !== "failed") return "not-yet";
  const because = root?.lastError === undefined ? "" : ` (${root.lastError})`;
  return { never: `the thread that it belongs to could not be posted${because}` };
}

type Attempt = { readonly delivery: Delivery; readonly place: Place; readonly mayHaveArrived: boolean };

async function attempt(deps: DeliverDeps, { delivery, place, mayHaveArrived }: Attempt): Promise<JobOutcome | undefined> {
  const { desk, chat, times } = deps;
  try {
    const sent = await send(chat, { delivery, place, mayHaveArrived, clock: desk.clock, withinMs: times.answerWithinMs });
    await record(desk, delivery, sent);
    desk.metrics.delivered("sent");
    if (delivery.ts === undefined && sent.ts !== undefined) await wakeThread(desk, delivery);
    return undefined;
  } catch (error) {
    if (!(error instanceof ChatRefusal)) throw error; // the claim runs out, and a later attempt looks for the post first
    return refused(deps, delivery, error);
  }
}

/** With what did not fit in, in one transaction: a crash before it finds the message and comes here again. */
async function record(desk: Desk, delivery: Delivery, sent: Sent): Promise<void> {
  const posted = { revision: delivery.revision, ...(sent.ts === undefined ? {} : { ts: sent.ts }) };
  const isShort = sent.more.length === 0 && sent.whole === undefined;
  const wasLong = delivery.ts !== undefined && (await hasRest(desk.store.outbox, delivery));
  if (isShort && !wasLong) return desk.store.outbox.sent(delivery.id, posted);
  await commit(desk, async (tables) => {
    await tables.outbox.sent(delivery.id, posted);
    await sayRest(tables.outbox, desk, { delivery, sent });
  });
}

/** What waited for this one to be posted may go now: what hangs below it, and what goes on from it. */
async function wakeThread(desk: Desk, posted: Delivery): Promise<void> {
  const next = await nextPart(desk.store.outbox, posted);
  const waiting = [...(await desk.store.outbox.dueBelow(posted.slot)), ...(next?.state === "due" ? [next] : [])];
  await Promise.all(waiting.map(({ id, priority }) => queueDelivery(desk, { deliveryId: id, priority })));
}

async function refused(deps: DeliverDeps, delivery: Delivery, refusal: ChatRefusal): Promise<JobOutcome | undefined> {
  switch (refusal.code) {
    case "no-such-place":
    case "message-refused":
    case "message-gone":
    case "too-late":
      return endFailed(deps, delivery, refusal);
    case "no-rights":
      return delivery.content.kind === "mark" ? endFailed(deps, delivery, refusal) : tryLater(deps, delivery, refusal);
    case "rate-limited":
    case "unavailable":
      return tryLater(deps, delivery, refusal);
  }
}

async function tryLater(deps: DeliverDeps, delivery: Delivery, refusal: ChatRefusal): Promise<JobOutcome | undefined> {
  const { desk, pacer, times } = deps;
  const nowMs = desk.clock.nowMs();
  const limited = refusal.code === "rate-limited";
  if (nowMs - (delivery.tryingSinceMs ?? nowMs) >= times.giveUpAfterMs) return endFailed(deps, delivery, refusal);

  const delayMs = refusal.retryAfterMs ?? backOffMs(deps, delivery, refusal);
  if (limited) await pacer.pause({ channel: delivery.channel, kind: kindOf(delivery) }, delayMs);
  await desk.store.outbox.postpone(delivery.id, { nextAttemptAtMs: nowMs + delayMs, error: refusal.message, countAttempt: !limited });
  desk.metrics.delivered("retried");
  desk.log.warn(
    { slot: delivery.slot, channel: delivery.channel, code: refusal.code, delayMs, because: messageOf(refusal) },
    "a message was not accepted, it is tried again",
  );
  return { kind: "later", delayMs };
}

/** Doubles from attempt to attempt; half of it is left to chance, so that many do not come back at once. */
function backOffMs(deps: DeliverDeps, { attempts }: Delivery, { code }: ChatRefusal): number {
  const { times } = deps;
  const lastMs = code === "no-rights" ? times.lastRightsRetryMs : times.lastRetryMs;
  const fullMs = Math.min(lastMs, times.firstRetryMs * 2 ** Math.min(attempts, 30));
  return Math.ceil(fullMs * (0.5 + deps.random() / 2));
}

/** Undefined: meanwhile it should say something newer, which may be taken. */
async function endFailed(deps: DeliverDeps, delivery: Delivery, refusal: Parameters<typeof giveUp>[2]): Promise<JobOutcome | undefined> {
  return (await giveUp(deps, delivery, refusal)) ? DONE : undefined;
}
