import type { Saying } from "../domain/delivery.ts";
import { given } from "../domain/given.ts";
import type { Message } from "../domain/message.ts";
import { tellStrays, type Stray } from "../domain/stray.ts";
import { commit } from "../incidents/commit.ts";
import type { Desk } from "../incidents/desk.ts";
import { strayPages, strayQuestion, strayRoot } from "../messages/strays.ts";
import type { StrayRound } from "../ports/stray-table.ts";
import type { Tables } from "../ports/store.ts";
import { standingOf } from "./standing-of.ts";

/** Tells people what alerts name that is not known, as it stands now: what is said is made from the tables, by any replica. */
export async function keepStrays(desk: Desk): Promise<void> {
  for (const round of await desk.store.strays.untold()) await commit(desk, (tables) => tellRound(tables, desk, round));
}

async function tellRound(tables: Tables, { ids, clock }: Desk, round: StrayRound): Promise<void> {
  let isTold = true;
  for (const { slot, message, thread } of await linesOf(tables, round)) {
    const standing = await standingOf(tables.outbox, slot, message);
    // What Slack has not been given yet is left for a later round.
    if (standing === "waiting") isTold = false;
    if (standing === "waiting" || standing === "right") continue;
    const saying = { slot, channel: round.channel, content: { kind: "message", message }, ...given({ thread }) } as const;
    await tables.outbox.say({ ...saying, priority: standing === "new" ? 2 : 3 }, ids.next("dlv"), clock.nowMs());
  }
  if (isTold) await tables.strays.told(round);
}

type Line = { readonly slot: string; readonly message: Message; readonly thread?: NonNullable<Saying["thread"]> };

async function linesOf({ strays }: Tables, round: StrayRound): Promise<readonly Line[]> {
  const told = tellStrays(await strays.ofRound(round));
  const alone = await Promise.all(told.alone.map(async (stray) => question(stray, strayQuestion(stray, await strays.targetsOf(stray.id)))));
  if (told.together.length === 0) return alone;
  const slot = `strays/${round.channel}/${round.roundMs}`;
  const pages = strayPages(told).map((message, page) => ({ slot: `${slot}/list/${page}`, message, thread: { slot } }));
  return [...alone, { slot, message: strayRoot(told) }, ...pages];
}

/** Below the post that named it, or in the channel. */
function question({ id, threadTs }: Stray, message: Message): Line {
  return { slot: `${id}/question`, message, ...(threadTs === undefined ? {} : { thread: { ts: threadTs } }) };
}
