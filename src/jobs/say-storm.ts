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
  for await (const line of linesOf(outbox, facts)) {
    const standing = await standingOf(outbox, line.slot, line.message);
    const mayWait = standing === "waiting" && facts.storm.state === "active";
    if (standing !== "right" && !mayWait) changed.push({ ...line, isNew: standing === "new" });
  }
  return changed;
}

/** Made one after the other: others have their turn between two pages. */
async function* linesOf(outbox: OutboxTable, facts: StormFacts): AsyncGenerator<Omit<Line, "isNew">> {
  const { id, state } = facts.storm;
  yield { slot: stormSlot(id), message: stormRoot(facts) };
  let index = 0;
  for (const message of stormPages(facts)) {
    yield { slot: `${id}/list/${index}`, message };
    index += 1;
  }
  const slot = `${id}/over`;
  if (state === "over") yield { slot, message: stormOver(facts) };
  else if ((await outbox.bySlot(slot)) !== undefined) yield { slot, message: stormGoesOn() };
}

/** The slot of a storm's root. */
export function stormSlot(stormId: string): string {
  return `${stormId}/root`;
}
