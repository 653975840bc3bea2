import type { Message } from "../domain/message.ts";
import { attend } from "../incidents/attention.ts";
import { note } from "../messages/note.ts";
import type { Front } from "./front.ts";
import { isIdOf, notOurs } from "./opaque-id.ts";

type Pressed = { readonly userId: string; readonly actionId: string; readonly value: string };

/** "I'm on it": nobody else is called, and the thread says who it is. */
export async function onIt(front: Front, { userId, actionId, value }: Pressed): Promise<Message> {
  const { store } = front.desk;
  const incident = isIdOf("inc", value) ? await store.incidents.get(value) : undefined;
  if (incident === undefined) return notOurs(front, { userId, actionId, value });
  await attend(front.desk, { incident, by: userId });
  const { attendedBy } = (await store.attention.get(incident.id)) ?? {};
  if (attendedBy === undefined || attendedBy === userId) return note(`You are on \`${incident.id}\`: nobody else is called.`);
  return note(`Somebody is on \`${incident.id}\` already; its thread says who.`);
}
