import { canonicalJson } from "../domain/json.ts";
import type { Message } from "../domain/message.ts";
import type { OutboxTable } from "../ports/store.ts";

/** `waiting`: it was to read otherwise before, and Slack has not been given that yet. */
export type Standing = "new" | "right" | "waiting" | "outdated";

/** How a message stands beside what it should say now. */
export async function standingOf(outbox: Pick<OutboxTable, "bySlot">, slot: string, message: Message): Promise<Standing> {
  const before = await outbox.bySlot(slot);
  if (before === undefined) return "new";
  // The store gives back what it was given with its keys in an order of its own.
  if (canonicalJson(before.content) === canonicalJson({ kind: "message", message })) return "right";
  return before.state === "due" ? "waiting" : "outdated";
}
