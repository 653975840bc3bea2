import type { Actor } from "../domain/actor.ts";
import { messageOf } from "../domain/errors.ts";
import type { StepProgress } from "../domain/evidence.ts";
import { REOPEN_WITHIN_MS, type Incident, type Problem } from "../domain/incident.ts";
import type { Investigation } from "../domain/investigation.ts";
import { formatTarget, targetKey, type Target } from "../domain/target.ts";
import type { Tables } from "../ports/store.ts";
import { commit } from "./commit.ts";
import type { Desk } from "./desk.ts";

export type Opening = {
  readonly target: Target;
  readonly problem: Problem;
  /** Channel id of the thread. */
  readonly channel: string;
  /** The alert's own post, when the thread hangs below it. */
  readonly rootTs?: string;
  readonly actor: Actor;
  readonly runbookId: string;
  /** The runbook's steps, all waiting: the first state of the progress message. */
  readonly steps: readonly StepProgress[];
  /** How far back to look. */
  readonly sinceMs?: number;
  /** Something has changed, which the caller says itself: it is looked into anew, and not counted as asked again. */
  readonly news?: true;
};

export type Opened = {
  readonly kind: "opened" | "joined" | "reopened";
  readonly incident: Incident;
  /** Absent: nothing new was started, because an investigation runs already or stands. */
  readonly investigation?: Investigation;
};

/** One incident per target and problem: opens it, joins it or reopens it, and has it investigated where that tells something new. */
export async function openIncident(desk: Desk, opening: Opening): Promise<Opened> {
  const opened = await commit(desk, (tables) => openWithin(tables, desk, opening));
  if (opened.investigation !== undefined) await queueInvestigation(desk, opened.investigation.id);
  return opened;
}

/** What makes two reports the same incident. */
export function fingerprintOf(target: Target, problem: Problem): string {
  return `${targetKey(target)} ${problem}`;
}

/** Within a transaction: the investigation is queued by the caller, once it is committed. */
export async function openWithin(tables: Tables, desk: Desk, opening: Opening): Promise<Opened> {
  const { kind, incident } = await tables.incidents.openOrJoin(candidateOf(desk, opening), REOPEN_WITHIN_MS);
  const worthwhile = kind !== "joined" || (await isWorthAnother(tables, incident, opening));
  const investigation = worthwhile ? investigationOf(desk, incident, opening) : undefined;
  if (investigation !== undefined) await tables.investigations.create(investigation);

  // Alerts that fire again are counted, each by its key; ten thousand of them are no ten thousand entries.
  if (kind !== "joined" || opening.actor.kind !== "alert") await record(tables, desk, { kind, incident, opening, investigation });
  await tell(tables, desk, { kind, incident, opening, investigation });
  return { kind, incident, ...(investigation === undefined ? {} : { investigation }) };
}

async function record(tables: Tables, { clock }: Desk, { kind, incident, opening, investigation }: Telling): Promise<void> {
  const { target, problem, channel, actor } = opening;
  const atMs = clock.nowMs();
  const detail = { target: formatTarget(target), problem, channel, investigationId: investigation?.id ?? null };
  await tables.audit.append({ kind: `incident-${kind}`, actor, atMs, incidentId: incident.id, detail });
  await tables.incidents.note({ incidentId: incident.id, atMs, actor, says: NOTES[kind] });
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
    ...(opening.rootTs === undefined ? {} : { rootTs: opening.rootTs }),
    openedBy: opening.actor,
    openedAtMs: nowMs,
    lastSeenAtMs: nowMs,
    timesSeen: 1,
  };
}

/** An alert that fires again says nothing new; a person who asks again wants to know how it is now. */
async function isWorthAnother(tables: Tables, incident: Incident, { actor, news }: Opening): Promise<boolean> {
  if (actor.kind !== "user" && news === undefined) return false;
  if (incident.state === "acting" || incident.state === "verifying") return false;
  return !(await tables.investigations.isUnderway(incident.id));
}

function investigationOf(desk: Desk, incident: Incident, opening: Opening): Investigation {
  return {
    id: desk.ids.next("inv"),
    incidentId: incident.id,
    runbookId: opening.runbookId,
    target: opening.target,
    ...(opening.sinceMs === undefined ? {} : { sinceMs: opening.sinceMs }),
    state: "queued",
    startedAtMs: desk.clock.nowMs(),
    failures: [],
  };
}

// By whom stands beside it.
const NOTES: Readonly<Record<Opened["kind"], string>> = { opened: "Opened", joined: "Reported again", reopened: "Reopened" };

type Telling = Pick<Opened, "kind" | "incident"> & { readonly opening: Opening; readonly investigation: Investigation | undefined };

async function tell(tables: Tables, desk: Desk, { kind, incident, opening, investigation }: Telling): Promise<void> {
  const { actor, steps } = opening;
  if (kind === "opened" && investigation !== undefined) return desk.narrator(tables, { kind, incident, investigation, steps });
  if (kind === "opened") return undefined;
  if (kind === "joined" && opening.news === true) return lookingAgain(tables, desk, { incident, investigation, steps });
  return desk.narrator(tables, { kind, incident, actor, ...(investigation === undefined ? {} : { investigation, steps }) });
}

/** What is new is said by who brought it; only the new progress message is missing. */
async function lookingAgain(
  tables: Tables,
  desk: Desk,
  { incident, investigation, steps }: Pick<Telling, "incident" | "investigation"> & Pick<Opening, "steps">,
): Promise<void> {
  if (investigation !== undefined) await desk.narrator(tables, { kind: "progress", incident, investigation, steps });
}

/** A queue that is away is only logged: the sweeper finds what is due. */
export async function queueInvestigation(desk: Desk, investigationId: string): Promise<void> {
  try {
    await desk.queue.add("investigate", { investigationId }, { id: investigationId });
  } catch (error) {
    desk.log.warn({ investigationId, because: messageOf(error) }, "could not queue an investigation, the sweeper will");
  }
}
