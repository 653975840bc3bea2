import type { Clock, Ids } from "../ports/clock.ts";
import type { News } from "../ports/narrator.ts";
import type { Tables } from "../ports/store.ts";

/** What may change whether all that a post has brought is over. */
const MARKED: readonly News["kind"][] = ["opened", "reopened", "taken-out", "resolved"];

/**
 * A post of somebody else's that has a thread of Oomph's below it says whether what it has brought is over, as a root of Oomph's
 * own does. Of those in a storm, which may be hundreds, only those that are marked already are kept true. Within a transaction.
 */
export async function sayMark({ outbox, incidents }: Tables, { ids, clock }: Saying, { kind, incident }: News): Promise<void> {
  const { id: incidentId, channel, postTs: ts, rootTs, stormId } = incident;
  if (ts === undefined || !MARKED.includes(kind)) return;
  const slot = `${channel}/${ts}/mark`;
  const hasThread = rootTs === ts && stormId === undefined;
  if (!hasThread && (await outbox.bySlot(slot)) === undefined) return;
  const content = { kind: "mark", ts, mark: (await incidents.isPostOver(channel, ts)) ? "over" : "open" } as const;
  await outbox.say({ slot, incidentId, channel, content, priority: 3 }, ids.next("dlv"), clock.nowMs());
}

type Saying = { readonly ids: Ids; readonly clock: Clock };
