import type { Actor } from "../domain/actor.ts";
import { inOneLine, type AlertWords, type Severity } from "../domain/alert.ts";
import type { AlertClaim } from "../domain/alert-claim.ts";
import type { StepProgress } from "../domain/evidence.ts";
import { given } from "../domain/given.ts";
import type { HeardLabels } from "../domain/heard-labels.ts";
import { REOPEN_WITHIN_MS, type Incident, type Problem } from "../domain/incident.ts";
import { isUnderway, type Investigation } from "../domain/investigation.ts";
import { formatTarget, targetKey, type Target } from "../domain/target.ts";
import type { Trait } from "../domain/trait.ts";
import type { Tables } from "../ports/store.ts";
import { mind } from "./attention.ts";
import { commit, queueInvestigation } from "./commit.ts";
import type { Desk } from "./desk.ts";
import { placeInStorm } from "./place-in-storm.ts";
import { takeOutWithin } from "./take-out.ts";
import { withItsLabels } from "./keep-labels.ts";

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
  /** Of the alert that it opens by: how bad it is, and what it may share with others. */
  readonly severity?: Severity;
  readonly traits?: readonly Trait[];
  /** What it says. */
  readonly alert?: AlertWords;
  /** Its labels, among them its class, and what it claims. */
  readonly labels?: HeardLabels;
  readonly claim?: AlertClaim;
  /** That many reports at once; absent: one. */
  readonly times?: number;
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
  const { kind, incident: found } = await tables.incidents.openOrJoin(candidateOf(desk, opening), REOPEN_WITHIN_MS);
  if (kind === "joined") return joinWithin(tables, desk, { incident: found, opening });
  const seen = await withItsLabels(tables, found, opening);
  const now = kind === "reopened" ? await weighedAnew(tables, seen, opening) : seen;
  const was = kind === "reopened" ? seen.severity : undefined;
  const { stormId: _, ...incident } = now;
  const alert = given({ words: opening.alert, claim: opening.claim });
  const stormId = await placeInStorm(tables, desk, { incident: now, runbookId: opening.runbookId, alert });
  if (stormId !== undefined) {
    await record(tables, desk, { kind, incident, opening, investigation: undefined, ...given({ was }) });
    return { kind, incident: { ...incident, stormId } };
  }
  const investigation = investigationOf(desk, incident, opening);
  await tables.investigations.create(investigation);
  await record(tables, desk, { kind, incident, opening, investigation, ...given({ was }) });
  await tell(tables, desk, { kind, incident, opening, investigation });
  return { kind, incident, investigation };
}

/** As bad as what opens it again says, whatever it was before. */
async function weighedAnew({ incidents }: Tables, seen: Incident, { severity }: Opening): Promise<Incident> {
  if (seen.severity === severity) return seen;
  await incidents.setSeverity(seen.id, severity ?? null);
  const { severity: _, ...rest } = seen;
  return { ...rest, ...given({ severity }) };
}

type Joining = Pick<Telling, "incident" | "opening">;

/** Within a transaction, like `openWithin`: it is open, and was counted there as seen again. */
export async function joinWithin(tables: Tables, desk: Desk, { incident: found, opening }: Joining): Promise<Opened> {
  const incident = await withItsLabels(tables, found, opening);
  if (incident.stormId !== undefined) return joinMember(tables, desk, { incident, opening });
  const another = await anotherOf(tables, desk, { incident, opening });
  const telling = { kind: "joined", incident, opening, investigation: another } as const;
  // Alerts that fire again are counted, each by its key; ten thousand of them are no ten thousand entries.
  if (opening.actor.kind !== "alert") await record(tables, desk, telling);
  await tell(tables, desk, telling);
  return { kind: "joined", incident, ...given({ investigation: another }) };
}

/** Its storm's list has the count; who asks by hand wants to follow it alone. */
async function joinMember(tables: Tables, desk: Desk, { incident, opening }: Joining): Promise<Opened> {
  if (opening.actor.kind !== "user") {
    if (incident.stormId !== undefined) await tables.storms.stir(incident.stormId, desk.clock.nowMs());
    return { kind: "joined", incident };
  }
  const { incident: alone, investigation: itsTurn } = await takeOutWithin(tables, desk, incident);
  const investigation = itsTurn ?? (await anotherOf(tables, desk, { incident: alone, opening }));
  const telling = { kind: "joined", incident: alone, opening, investigation } as const;
  await record(tables, desk, telling);
  await tell(tables, desk, telling);
  return { kind: "joined", incident: alone, ...(investigation === undefined ? {} : { investigation }) };
}

async function record(tables: Tables, desk: Desk, { kind, incident, opening, investigation, was }: Telling): Promise<void> {
  const { target, problem, channel, actor, alert } = opening;
  const atMs = desk.clock.nowMs();
  const detail = { target: formatTarget(target), problem, channel, investigationId: investigation?.id ?? null };
  await tables.audit.append({ kind: `incident-${kind}`, actor, atMs, incidentId: incident.id, detail });
  const weighed = was === undefined || was === incident.severity ? "" : ` (${was} before, ${incident.severity ?? "not weighed"} now)`;
  await tables.incidents.note({ incidentId: incident.id, atMs, actor, says: `${NOTES[kind]}${weighed}` });
  if (alert !== undefined && kind !== "joined")
    await tables.incidents.note({ incidentId: incident.id, atMs, actor, says: inOneLine(alert) });
  await mind(tables, desk, { kind, incident, actor });
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
    timesSeen: opening.times ?? 1,
    ...given({ severity: opening.severity, traits: opening.traits, labels: opening.labels }),
  };
}

/**
 * A person who asks again wants to know how it is now. Whether an alert that joins is worth another look is decided where all
 * that joined at once are known (`look-anew.ts`). One that waits its time is brought forward; it is queued by the caller.
 */
async function anotherOf(tables: Tables, desk: Desk, { incident, opening }: Joining): Promise<Investigation | undefined> {
  if (opening.actor.kind !== "user" && opening.news === undefined) return undefined;
  if (incident.state === "acting" || incident.state === "verifying") return undefined;
  const [last] = await tables.investigations.newest([incident.id]);
  if (last?.state === "queued" && last.startedAtMs > desk.clock.nowMs()) return last;
  if (last !== undefined && isUnderway(last)) return undefined;
  const another = investigationOf(desk, incident, opening);
  await tables.investigations.create(another);
  return another;
}

/** An investigation of an incident, which has not begun. */
export function investigationOf(
  desk: Desk,
  incident: Incident,
  opening: Pick<Opening, "runbookId" | "target" | "sinceMs" | "claim">,
): Investigation {
  return {
    id: desk.ids.next("inv"),
    incidentId: incident.id,
    runbookId: opening.runbookId,
    target: opening.target,
    ...given({ sinceMs: opening.sinceMs, alert: opening.claim }),
    state: "queued",
    startedAtMs: desk.clock.nowMs(),
    failures: [],
  };
}

// By whom stands beside it.
const NOTES: Readonly<Record<Opened["kind"], string>> = { opened: "Opened", joined: "Reported again", reopened: "Reopened" };

type Telling = Pick<Opened, "kind" | "incident"> & {
  readonly opening: Opening;
  readonly investigation: Investigation | undefined;
  readonly was?: Severity;
};

async function tell(tables: Tables, desk: Desk, { kind, incident, opening, investigation }: Telling): Promise<void> {
  const { actor, steps } = opening;
  const alert = given({ alert: opening.alert });
  if (kind === "opened" && investigation !== undefined) return desk.narrator(tables, { kind, incident, investigation, steps, ...alert });
  if (kind === "opened") return undefined;
  if (kind === "joined" && opening.news === true) return lookingAgain(tables, desk, { incident, investigation, steps });
  // Alerts that come in heaps are counted; what is not told now is told when the lapse is over.
  if (kind === "joined" && actor.kind === "alert" && !(await mayTellAgain(tables, desk, incident))) return undefined;
  return desk.narrator(tables, { kind, incident, actor, ...alert, ...(investigation === undefined ? {} : { investigation, steps }) });
}

/** A thread is told of further reports at most this often. */
export const TOLD_AGAIN_MS = 10_000;

function mayTellAgain({ incidents }: Tables, { clock }: Desk, { id }: Incident): Promise<boolean> {
  return incidents.mayTell(id, { nowMs: clock.nowMs(), lapseMs: TOLD_AGAIN_MS });
}

/** What is new is said by who brought it; only the new progress message is missing. */
async function lookingAgain(
  tables: Tables,
  desk: Desk,
  { incident, investigation, steps }: Pick<Telling, "incident" | "investigation"> & Pick<Opening, "steps">,
): Promise<void> {
  if (investigation !== undefined) await desk.narrator(tables, { kind: "progress", incident, investigation, steps });
}
