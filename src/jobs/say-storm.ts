import type { Message } from "../domain/message.ts";
import type { Desk } from "../incidents/desk.ts";
import { stormGoesOn, stormOver, stormPages, stormRoot, stormWhole, type StormFacts } from "../messages/storm.ts";
import type { OutboxTable } from "../ports/store.ts";
import { standingOf } from "./standing-of.ts";

/** Brings what is said of a storm up to date; what is right already is left alone. Within a transaction. */
export async function sayStorm(outbox: OutboxTable, { ids, clock }: Pick<Desk, "ids" | "clock">, facts: StormFacts): Promise<void> {
  for (const line of await changedLines(outbox, facts)) {
    const { slot, message, isNew } = line;
    const thread = slot === stormSlot(facts.storm.id) ? {} : { thread: { slot: stormSlot(facts.storm.id) } };
    const content = { kind: "message", message } as const;
    const priority = isNew || facts.storm.state === "over" ? 2 : 3;
    await outbox.say({ slot, channel: facts.storm.channel, content, priority, ...thread }, ids.next("dlv"), clock.nowMs());
  }
}

/** All members of a storm that is over, where its list has no room for them: too long for messages, so that it becomes a file. */
export async function sayWhole(outbox: OutboxTable, { ids, clock }: Pick<Desk, "ids" | "clock">, facts: StormFacts): Promise<void> {
  const message = stormWhole(facts);
  if (message === undefined) return;
  const { id, channel } = facts.storm;
  const slot = `${id}/whole/${facts.storm.endedAtMs ?? clock.nowMs()}`;
  const content = { kind: "message", message } as const;
  await outbox.say({ slot, channel, thread: { slot: stormSlot(id) }, content, priority: 2 }, ids.next("dlv"), clock.nowMs());
}

type Line = { readonly slot: string; readonly message: Message; readonly isNew: boolean };

/**
 * What should read otherwise than it does. While the storm lasts, what Slack has not been given yet is left for the next
 * round; when it is over there is none.
 */
export async function changedLines(outbox: OutboxTable, facts: StormFacts): Promise<readonly Line[]> {
  const changed: Line[] = [];
  for (const line of await linesOf(outbox, facts)) {
    const standing = await standingOf(outbox, line.slot, line.message);
    const mayWait = standing === "waiting" && facts.storm.state === "active";
    if (standing !== "right" && !mayWait) changed.push({ ...line, isNew: standing === "new" });
  }
  return changed;
}

async function linesOf(outbox: OutboxTable, facts: StormFacts): Promise<readonly Omit<Line, "isNew">[]> {
  const { id, state } = facts.storm;
  const pages = stormPages(facts).map((message, index) => ({ slot: `${id}/list/${index}`, message }));
  const over = `${id}/over`;
  const last = state === "over" ? stormOver(facts) : stormGoesOn();
  const wasOver = state === "over" || (await outbox.bySlot(over)) !== undefined;
  return [{ slot: stormSlot(id), message: stormRoot(facts) }, ...pages, ...(wasOver ? [{ slot: over, message: last }] : [])];
}

/** The slot of a storm's root. */
export function stormSlot(stormId: string): string {
  return `${stormId}/root`;
}
