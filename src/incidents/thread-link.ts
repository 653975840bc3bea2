import { messageOf } from "../domain/errors.ts";
import type { Incident } from "../domain/incident.ts";
import type { Chat } from "../ports/chat.ts";
import type { Desk } from "./desk.ts";

type Asking = { readonly desk: Pick<Desk, "store" | "log">; readonly chat: Pick<Chat, "permalink"> };

/** Address of an incident's thread; undefined while it is not posted yet, or Slack does not say: a link is a comfort, the rest is told without it. */
export async function threadLink({ desk, chat }: Asking, { id, channel, rootTs }: Incident): Promise<string | undefined> {
  const ts = rootTs ?? (await desk.store.outbox.bySlot(rootSlotOf({ id })))?.ts;
  if (ts === undefined) return undefined;
  try {
    return await chat.permalink({ channel, ts });
  } catch (error) {
    desk.log.info({ incidentId: id, because: messageOf(error) }, "no address for a thread");
    return undefined;
  }
}

/** The outbox slot of an incident's root, where that is a message of Oomph's own. Pure. */
export function rootSlotOf({ id }: Pick<Incident, "id">): string {
  return `${id}/root`;
}

/** The thread in which an incident is told: below the alert's own post, or below the root. Pure. */
export function threadOf({ id, rootTs }: Pick<Incident, "id" | "rootTs">): { readonly ts: string } | { readonly slot: string } {
  return rootTs === undefined ? { slot: rootSlotOf({ id }) } : { ts: rootTs };
}
