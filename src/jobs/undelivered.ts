import type { Delivery, DeliveryContent, Saying } from "../domain/delivery.ts";
import { escapeMrkdwn, type Message } from "../domain/message.ts";
import { commit } from "../incidents/commit.ts";
import type { Desk } from "../incidents/desk.ts";
import type { ChatRefusal } from "../ports/chat.ts";

export type UndeliveredDeps = {
  readonly desk: Desk;
  /** Where it is said that something could not be delivered. Absent: only by direct message and in the audit. */
  readonly fallbackChannel?: string;
};

const NOTICE_SLOT = "undelivered/";

/**
 * Ends a delivery for good: audited, and said by direct message to whom it concerns and in the fallback channel, or where that is
 * the same, to the admins. False: it has ended already, or should say something newer by now, which is still due.
 */
export async function giveUp({ desk, fallbackChannel }: UndeliveredDeps, delivery: Delivery, refusal: Refusal): Promise<boolean> {
  if (delivery.content.kind === "mark") return leaveUnmarked(desk, delivery, refusal);
  const because = refusal.message;
  const isOver = await commit(desk, async (tables) => {
    const atMs = desk.clock.nowMs();
    if (!(await tables.outbox.fail(delivery.id, { revision: delivery.revision, error: because }))) return false;
    await tables.audit.append({
      kind: "delivery-failed",
      actor: { kind: "oomph" },
      atMs,
      ...(delivery.incidentId === undefined ? {} : { incidentId: delivery.incidentId }),
      detail: { slot: delivery.slot, channel: delivery.channel, because, attempts: delivery.attempts },
    });
    for (const notice of noticesOf(delivery, because, recipientsOf(delivery, { fallbackChannel, admins: desk.rules.admins, atMs })))
      await tables.outbox.say(notice, desk.ids.next("dlv"), atMs);
    return true;
  });
  if (!isOver) return false;
  desk.metrics.delivered("failed");
  desk.log.error({ slot: delivery.slot, channel: delivery.channel, because }, "a message could not be delivered");
  return true;
}

/** Why: in words, and as the chat's refusal where it was one. */
type Refusal = Pick<ChatRefusal, "message"> & Partial<Pick<ChatRefusal, "code">>;

/** Everything is told without it, so nobody is: it is tried again when the post should say something else. */
async function leaveUnmarked(desk: Desk, { id, revision, channel, content }: Delivery, { code, message }: Refusal): Promise<boolean> {
  const isOver = await desk.store.outbox.fail(id, { revision, error: message });
  const fields = { channel, ...(content.kind === "mark" ? { ts: content.ts } : {}), code, because: message };
  const isToldAnew = code === "no-rights" && !UNTRUSTED.has(desk);
  if (isToldAnew) UNTRUSTED.add(desk);
  if (isToldAnew) desk.log.warn(fields, "posts are not marked: the app may not react to them, everything else goes on without");
  else desk.log.info(fields, "a post was not marked");
  return isOver;
}

/** Those who have said so: an app that was installed with fewer scopes stays as it is. */
const UNTRUSTED = new WeakSet<Desk>();

type Others = { readonly fallbackChannel: string | undefined; readonly admins: readonly string[]; readonly atMs: number };
type Recipient = { readonly channel: string; /** Notices about the same are one, with what came last. */ readonly matter: string };

const HOUR_MS = 3_600_000;

/**
 * One notice for an incident: a whole thread that cannot be posted is one matter. Where the fallback channel is the very one that
 * refuses, which then refuses every incident, those who look after Oomph are told, once in an hour.
 */
function recipientsOf({ id, incidentId, channel, onBehalfOf }: Delivery, { fallbackChannel, admins, atMs }: Others): readonly Recipient[] {
  const others = new Set([onBehalfOf, fallbackChannel].flatMap((other) => (other === undefined || other === channel ? [] : [other])));
  if (others.size > 0) return [...others].map((other) => ({ channel: other, matter: incidentId ?? id }));
  const matter = `${channel}/${Math.floor(atMs / HOUR_MS)}`;
  return admins.filter((admin) => /^[UW]/.test(admin) && admin !== channel).map((admin) => ({ channel: admin, matter }));
}

/** A notice that cannot be delivered either is not followed by another. */
function noticesOf(delivery: Delivery, because: string, recipients: readonly Recipient[]): readonly Saying[] {
  if (delivery.slot.startsWith(NOTICE_SLOT)) return [];
  const content = { kind: "message", message: undeliveredMessage(delivery, because) } as const;
  return recipients.map(({ channel, matter }) => ({ slot: `${NOTICE_SLOT}${channel}/${matter}`, channel, content, priority: 1 }));
}

function undeliveredMessage(delivery: Delivery, because: string): Message {
  const { content, channel } = delivery;
  const incident = delivery.incidentId === undefined ? "" : ` for incident ${delivery.incidentId}`;
  const text = `I could not deliver a message${incident} to ${placeOf(channel)}: ${escapeMrkdwn(because)}.`;
  return {
    text,
    blocks: [
      { type: "section", text: { type: "mrkdwn", text } },
      { type: "section", text: { type: "mrkdwn", text: `It said: ${escapeMrkdwn(meaningOf(content)).slice(0, 2_500)}` } },
    ],
  };
}

function meaningOf(content: DeliveryContent): string {
  switch (content.kind) {
    case "message":
      return content.message.text;
    case "file":
      return `the file ${content.name}`;
    case "mark":
      return content.mark;
  }
}

/** As Slack shows it: a channel, or the person of a direct message. */
function placeOf(channel: string): string {
  return /^[UW]/.test(channel) ? `<@${channel}>` : `<#${channel}>`;
}
