import type { Message } from "../domain/message.ts";
import type { Silence } from "../domain/silence.ts";
import { broadNote, retractedNote } from "../messages/quiet-notes.ts";
import type { Tables } from "../ports/store.ts";
import type { Front } from "./front.ts";

type Where = Pick<Front, "desk" | "incidentChannel" | "alertChannels">;

/** Within a transaction: what nobody has named concerns everybody, so it is said where it would be heard. */
export async function announce(tables: Tables, front: Where, silence: Silence): Promise<void> {
  for (const channel of channelsOf(front, silence)) await sayIn(tables, front, { silence, channel, message: broadNote({ silence }) });
}

/** Within a transaction: where it was announced, it is said who has taken it back. */
export async function retract(
  tables: Tables,
  front: Where,
  { silence, by }: { readonly silence: Silence; readonly by: string },
): Promise<void> {
  for (const channel of channelsOf(front, silence)) {
    const isSaid = (await tables.outbox.bySlot(slotOf(silence, channel))) !== undefined;
    if (isSaid) await sayIn(tables, front, { silence, channel, message: retractedNote({ silence, by }) });
  }
}

function channelsOf({ incidentChannel, alertChannels }: Where, { what }: Silence): ReadonlySet<string> {
  return new Set(what.kind === "channel" ? [what.channel] : [incidentChannel, ...alertChannels]);
}

type InChannel = { readonly silence: Silence; readonly channel: string; readonly message: Message };

async function sayIn({ outbox }: Tables, { desk }: Where, { silence, channel, message }: InChannel): Promise<void> {
  const content = { kind: "message", message } as const;
  const saying = { slot: slotOf(silence, channel), channel, content, priority: 2, onBehalfOf: silence.by } as const;
  await outbox.say(saying, desk.ids.next("dlv"), desk.clock.nowMs());
}

function slotOf({ id }: Silence, channel: string): string {
  return `silence/${id}/${channel}`;
}
