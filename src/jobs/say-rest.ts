import { createHash } from "node:crypto";
import type { Delivery, Saying } from "../domain/delivery.ts";
import { canonicalJson } from "../domain/json.ts";
import type { Message } from "../domain/message.ts";
import { plainText } from "../domain/message-text.ts";
import type { Desk } from "../incidents/desk.ts";
import type { OutboxTable } from "../ports/store.ts";
import type { Sent } from "./send.ts";

/*
 * What does not fit into one message goes on in others: the slot `<slot>/part/2`, `<slot>/part/3` and so on, each a delivery
 * like any other. They are said when the message before them has been sent, and wait for it.
 */

const NO_LONGER: Message = {
  text: "No longer needed: the message above says all.",
  blocks: [{ type: "context", elements: [{ type: "mrkdwn", text: "No longer needed: the message above says all." }] }],
};

/** Says what did not fit into a message that has just been sent, and takes back what an earlier version of it went on with. */
export async function sayRest(outbox: OutboxTable, { ids, clock }: Pick<Desk, "ids" | "clock">, { delivery, sent }: Rest): Promise<void> {
  const say = async (slot: string, content: Saying["content"]): Promise<void> => {
    const { incidentId, channel, priority, onBehalfOf, thread = { slot: delivery.slot } } = delivery;
    const about = { ...(incidentId === undefined ? {} : { incidentId }), ...(onBehalfOf === undefined ? {} : { onBehalfOf }) };
    await outbox.say({ slot, channel, thread, priority, content, ...about }, ids.next("dlv"), clock.nowMs());
  };
  for (const [index, message] of sent.more.entries()) {
    const slot = partSlot(delivery.slot, index + 2);
    if (!says(await outbox.bySlot(slot), message)) await say(slot, { kind: "message", message });
  }
  for (let number = sent.more.length + 2; ; number += 1) {
    const slot = partSlot(delivery.slot, number);
    const left = await outbox.bySlot(slot);
    if (left === undefined) break;
    if (!says(left, NO_LONGER)) await say(slot, { kind: "message", message: NO_LONGER });
  }
  const file = fileSlot(delivery.slot);
  if (sent.whole !== undefined) await say(file, fileOf(delivery, sent.whole));
  else if ((await outbox.bySlot(file)) !== undefined) await say(file, fileOf(delivery, NO_LONGER.text));
}

/** A delivery, and what was sent of it. */
type Rest = { readonly delivery: Delivery; readonly sent: Sent };

/** Each version has a name of its own, by which it is found. */
function fileOf({ slot, content }: Delivery, whole: string): Saying["content"] {
  const version = createHash("sha256").update(whole).digest("hex").slice(0, 8);
  const name = `${slot.replaceAll(/[^\w.-]+/g, "-").slice(0, 150)}-${version}.txt`;
  const title = content.kind === "message" ? plainText(content.message.text).slice(0, 250) : name;
  return { kind: "file", name, title: title === "" ? name : title, base64: Buffer.from(whole, "utf8").toString("base64") };
}

/** An earlier version of this message went on in others, or in a file. */
export async function hasRest(outbox: OutboxTable, { slot }: Delivery): Promise<boolean> {
  return ((await outbox.bySlot(partSlot(slot, 2))) ?? (await outbox.bySlot(fileSlot(slot)))) !== undefined;
}

/** The message that this one goes on from has yet to be posted: who posts it wakes this one. */
export async function waitsForEarlierPart(outbox: OutboxTable, { slot, ts }: Delivery): Promise<boolean> {
  const { base, number } = placeAmongParts(slot);
  if (number < 3 || ts !== undefined) return false; // the second is said when the first has been posted
  const earlier = await outbox.bySlot(partSlot(base, number - 1));
  return earlier !== undefined && earlier.ts === undefined && earlier.state !== "failed";
}

/** What goes on from this one. */
export async function nextPart(outbox: OutboxTable, { slot }: Delivery): Promise<Delivery | undefined> {
  const { base, number } = placeAmongParts(slot);
  return outbox.bySlot(partSlot(base, number + 1));
}

function partSlot(base: string, number: number): string {
  return `${base}/part/${number}`;
}

function fileSlot(base: string): string {
  return `${base}/file`;
}

function placeAmongParts(slot: string): { readonly base: string; readonly number: number } {
  const [, base = slot, number = "1"] = /^(.+)\/part\/(\d+)$/.exec(slot) ?? [];
  return { base, number: Number(number) };
}

function says(delivery: Delivery | undefined, message: Message): boolean {
  return (
    delivery?.state !== "failed" &&
    delivery?.content.kind === "message" &&
    canonicalJson(delivery.content.message) === canonicalJson(message)
  );
}
