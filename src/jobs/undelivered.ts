import type { Delivery, Saying } from "../domain/delivery.ts";
import { escapeMrkdwn, type Message } from "../domain/message.ts";
import { commit } from "../incidents/commit.ts";
import type { Desk } from "../incidents/desk.ts";

export type UndeliveredDeps = {
  readonly desk: Desk;
  /** Where it is said that something could not be delivered. Absent: only by direct message and in the audit. */
  readonly fallbackChannel?: string;
};

const NOTICE_SLOT = "undelivered/";

/** Ends a delivery for good: audited, and said by direct message to whom it concerns and in the fallback channel. */
export async function giveUp({ desk, fallbackChannel }: UndeliveredDeps, delivery: Delivery, because: string): Promise<void> {
  await commit(desk, async (tables) => {
    const atMs = desk.clock.nowMs();
    await tables.outbox.fail(delivery.id, because);
    await tables.audit.append({
      kind: "delivery-failed",
      actor: { kind: "oomph" },
      atMs,
      ...(delivery.incidentId === undefined ? {} : { incidentId: delivery.incidentId }),
      detail: { slot: delivery.slot, channel: delivery.channel, because, attempts: delivery.attempts },
    });
    for (const notice of noticesOf(delivery, because, fallbackChannel)) await tables.outbox.say(notice, desk.ids.next("dlv"), atMs);
  });
  desk.metrics.delivered("failed");
  desk.log.error({ slot: delivery.slot, channel: delivery.channel, because }, "a message could not be delivered");
}

/** A notice that cannot be delivered either is not followed by another. */
function noticesOf(delivery: Delivery, because: string, fallbackChannel: string | undefined): readonly Saying[] {
  if (delivery.slot.startsWith(NOTICE_SLOT)) return [];
  const recipients = [delivery.onBehalfOf, fallbackChannel].filter((id) => id !== undefined && id !== delivery.channel);
  const message = undeliveredMessage(delivery, because);
  return [...new Set(recipients)].flatMap((channel) => {
    if (channel === undefined) return [];
    // One per incident and place: a whole thread that cannot be posted is one notice with the newest content.
    const slot = `${NOTICE_SLOT}${channel}/${delivery.incidentId ?? delivery.id}`;
    return [{ slot, channel, content: { kind: "message", message }, priority: 1 } as const];
  });
}

function undeliveredMessage(delivery: Delivery, because: string): Message {
  const { content, channel } = delivery;
  const incident = delivery.incidentId === undefined ? "" : ` for incident ${delivery.incidentId}`;
  const text = `I could not deliver a message${incident} to ${placeOf(channel)}: ${escapeMrkdwn(because)}. Check that the channel exists and that I am in it.`;
  const meant = content.kind === "message" ? content.message.text : `the file ${content.name}`;
  return {
    text,
    blocks: [
      { type: "section", text: { type: "mrkdwn", text } },
      { type: "section", text: { type: "mrkdwn", text: `It said: ${escapeMrkdwn(meant).slice(0, 2_500)}` } },
    ],
  };
}

/** As Slack shows it: a channel, or the person of a direct message. */
function placeOf(channel: string): string {
  return /^[UW]/.test(channel) ? `<@${channel}>` : `<#${channel}>`;
}
