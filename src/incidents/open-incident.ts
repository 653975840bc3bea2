import { OomphError } from "../domain/errors.ts";
import { given } from "../domain/given.ts";
import { REOPEN_WITHIN_MS, type Incident } from "../domain/incident.ts";
import { formatTarget } from "../domain/target.ts";
import type { Tables } from "../ports/store.ts";
import { beginAll } from "./begin-incidents.ts";
import { commit, queueInvestigation } from "./commit.ts";
import type { Desk } from "./desk.ts";
import { joinWithin } from "./join-incident.ts";
import { fingerprintOf, type Opened, type Opening } from "./opening.ts";

/** One incident per target and problem: opens it, joins it or reopens it, and has it investigated where that tells something new. */
export async function openIncident(desk: Desk, opening: Opening): Promise<Opened> {
  const opened = await commit(desk, (tables) => openOne(tables, desk, opening));
  if (opened.investigation !== undefined) await queueInvestigation(desk, opened.investigation.id);
  return opened;
}

async function openOne(tables: Tables, desk: Desk, opening: Opening): Promise<Opened> {
  const [opened] = await openWithin(tables, desk, [await byItsPost(tables, opening)]);
  if (opened === undefined)
    throw new OomphError("internal", `the store neither opened nor joined an incident of ${formatTarget(opening.target)}`);
  return opened;
}

/** What a person writes in the thread of another incident opens one there, and what stands above that thread is not about it. */
async function byItsPost({ incidents }: Tables, opening: Opening): Promise<Opening> {
  const { channel, rootTs: postTs } = opening;
  if (postTs === undefined || (await incidents.findByThread(channel, postTs)) !== undefined) return opening;
  return { ...opening, postTs };
}

/**
 * Within a transaction: of targets and problems that are each given once, in their order, with few statements however many they
 * are. Their investigations are queued by the caller, once that is committed.
 */
export async function openWithin(tables: Tables, desk: Desk, openings: readonly Opening[]): Promise<readonly Opened[]> {
  const candidates = openings.map((opening) => candidateOf(desk, opening));
  const found = (await tables.incidents.openOrJoin(candidates, REOPEN_WITHIN_MS)).flatMap((one, index) => {
    const opening = openings[index];
    return opening === undefined ? [] : [{ ...one, opening }];
  });
  const begun = await beginAll(
    tables,
    desk,
    found.filter(({ kind }) => kind !== "joined"),
  );
  const opened: Opened[] = [];
  for (const { kind, incident, opening } of found) {
    const isIt = (other: Opened): boolean => other.incident.id === incident.id;
    const one = kind === "joined" ? await joinWithin(tables, desk, { incident, opening }) : begun.find(isIt);
    if (one !== undefined) opened.push(one);
  }
  return opened;
}

function candidateOf(desk: Desk, opening: Opening): Incident {
  const nowMs = desk.clock.nowMs();
  return {
    id: desk.ids.nextShort("inc"),
    fingerprint: fingerprintOf(opening.target, opening.problem),
    target: opening.target,
    problem: opening.problem,
    state: "open",
    channel: opening.channel,
    openedBy: opening.actor,
    openedAtMs: nowMs,
    lastSeenAtMs: nowMs,
    timesSeen: opening.times ?? 1,
    ...given({
      rootTs: opening.rootTs,
      postTs: opening.postTs,
      severity: opening.severity,
      traits: opening.traits,
      labels: opening.labels,
    }),
  };
}
