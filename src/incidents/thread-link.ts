import { messageOf } from "../domain/errors.ts";
import type { Incident } from "../domain/incident.ts";
import type { Chat } from "../ports/chat.ts";
import type { Desk } from "./desk.ts";

type Asking = { readonly desk: Pick<Desk, "store" | "log">; readonly chat: Pick<Chat, "permalink"> };

/** Address of an incident's thread; undefined while it is not posted yet, or Slack does not say: a link is a comfort, the rest is told without it. */
export async function threadLink({ desk, chat }: Asking, { id, channel, rootTs }: Incident): Promise<string | undefined> {
  const ts = rootTs ?? (await desk.store.outbox.bySlot(`${id}/root`))?.ts;
  if (ts === undefined) return undefined;
  try {
    return await chat.permalink({ channel, ts });
  } catch (error) {
    desk.log.info({ incidentId: id, because: messageOf(error) }, "no address for a thread");
    return undefined;
  }
}
