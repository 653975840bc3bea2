import { isWorse, type Alert, type AlertWords, type Severity } from "../domain/alert.ts";
import { firingOf } from "../domain/alert-identity.ts";
import type { Actor } from "../domain/actor.ts";
import type { Incident } from "../domain/incident.ts";
import { isUnderway, type Investigation } from "../domain/investigation.ts";
import type { NewLook } from "../domain/new-look.ts";
import type { HeardKind, Tables } from "../ports/store.ts";
import type { Desk } from "./desk.ts";
import { investigationOf, type Opening } from "./opening.ts";

/** What alerts bring is looked at no more often than this, unless it is worse than was known. */
export const LOOK_EVERY_MS = 5 * 60_000;
/** What was found out longer ago says nothing of what is reported now. */
export const OUTDATED_AFTER_MS = 10 * 60_000;
/** A look that runs may have seen what was before: the next one follows it. */
const AFTER_RUNNING_MS = 60_000;
/** A kill is told by posts and webhooks within moments of each other. */
const SAME_KILL_MS = 2 * 60_000;

/** Verdicts by which nothing is wrong with the memory, or nobody knows. */
export const WELL: ReadonlySet<string> = new Set(["healthy", "undetermined", "not-oom", "misreported"]);

export type Joined = Pick<Opening, "target" | "runbookId" | "steps" | "claim"> & {
  readonly actor: Actor;
  readonly alert: Pick<Alert, "source" | "class" | "severity" | "subject" | "labels"> & Partial<Pick<Alert, "name">> & Partial<AlertWords>;
};

export type Joins = {
  /** As bad as it was before they joined. */
  readonly incident: Incident;
  /** In the order of being heard, not yet counted. */
  readonly joined: readonly Joined[];
  readonly last: Investigation;
};

/**
 * Within the transaction in which alerts join an open incident with a thread of its own: is it looked at anew? What comes too
 * soon after the last look is put off. One look waits or runs at a time, by the runbook of the alert that is the reason. The
 * caller queues it and tells of it.
 */
export async function lookAnew(tables: Tables, desk: Desk, joins: Joins): Promise<NewLook | undefined> {
  const { incident, joined, last } = joins;
  if (incident.state === "acting" || incident.state === "verifying") return undefined;
  const nowMs = desk.clock.nowMs();
  const waits = last.state === "queued" && last.startedAtMs > nowMs;
  const pressing = worst(joined, incident.severity ?? null) ?? refusal(joins);
  if (last.state === "queued" && !(waits && pressing !== undefined)) return undefined;
  const reason = pressing ?? (await reasonOf(tables, joins, nowMs));
  if (reason === undefined) return undefined;
  const { because, by } = reason;
  const atMs = dueAt(because, last, nowMs);
  const investigation = waits ? { ...last, startedAtMs: atMs } : { ...investigationOf(desk, incident, by), startedAtMs: atMs };
  await (waits ? tables.investigations.update(last.id, { startedAtMs: atMs }) : tables.investigations.create(investigation));
  return { because, alert: wordsOf(by.alert), investigation, steps: by.steps, ...(atMs > nowMs ? { fromMs: atMs } : {}) };
}

/** It is resolved: a look that waits its time is not taken. */
export async function forgoLook({ investigations }: Tables, { clock }: Pick<Desk, "clock">, { id }: Incident): Promise<void> {
  const [last] = await investigations.newest([id]);
  const endedAtMs = clock.nowMs();
  if (last?.state !== "queued" || last.startedAtMs <= endedAtMs) return;
  await investigations.update(last.id, { state: "failed", startedAtMs: endedAtMs, endedAtMs, because: "it was resolved before its time" });
}

/** An alert as its thread tells it. */
export function wordsOf({ says, name, class: kind, ...alert }: Joined["alert"]): AlertWords {
  return { ...alert, says: says ?? name ?? kind };
}

type Because = NewLook["because"];
type Reason = { readonly because: Because; readonly by: Joined };

function worst(joined: readonly Joined[], known: Severity | null): Reason | undefined {
  const by = joined.reduce<Joined | undefined>(
    (worse, one) => (isWorse(one.alert.severity, worse?.alert.severity ?? known) ? one : worse),
    undefined,
  );
  return by === undefined || known === null ? undefined : { because: "worse", by };
}

/**
 * Writes are refused, and the last look had found room, or runs, waits and knows nothing of it. Where it was begun by such a word
 * itself it is as any other that joins: looked at when the pause is over, not at each word.
 */
function refusal({ joined, last }: Joins): Reason | undefined {
  const by = joined.findLast(({ claim }) => claim?.refusesWrites === true);
  if (by === undefined) return undefined;
  const knew = last.alert?.refusesWrites === true;
  const isNews = isUnderway(last) ? !knew : last.diagnosis?.hadRoom === true;
  return isNews ? { because: "refused", by } : undefined;
}

async function reasonOf(tables: Tables, { incident, joined, last }: Joins, nowMs: number): Promise<Reason | undefined> {
  const [by] = joined.toReversed();
  if (by === undefined) return undefined;
  const kinds = await tables.heard.kinds(incident.id);
  const killed = isKillKnown(kinds, last, nowMs) ? undefined : joined.findLast(({ alert }) => alert.class === "oom_killed");
  if (killed !== undefined) return { because: "killed", by: killed };
  const another = joined.findLast(({ alert }) => isAnother(alert, kinds) || isFirstCritical(alert, incident));
  if (another !== undefined) return { because: "another", by: another };
  const refired = joined.findLast(({ alert }) => isRefired(alert, kinds));
  if (refired !== undefined) return { because: "refired", by: refired };
  if (isUnderway(last)) return undefined;
  if (nowMs - last.startedAtMs >= OUTDATED_AFTER_MS) return { because: "outdated", by };
  return last.diagnosis === undefined || WELL.has(last.diagnosis.finding.verdict) ? { because: "was-well", by } : undefined;
}

/** Told by another way already; of an incident without alerts the look that it began with is of the same moment. */
function isKillKnown(kinds: readonly HeardKind[], last: Investigation, nowMs: number): boolean {
  if (kinds.length === 0) return nowMs - last.startedAtMs < SAME_KILL_MS;
  return kinds.some((kind) => kind.class === "oom_killed" && nowMs - kind.lastAtMs < SAME_KILL_MS);
}

/** Of another class or name than all that were heard. Who tells no name is told apart by the class. */
function isAnother(alert: Joined["alert"], kinds: readonly HeardKind[]): boolean {
  if (kinds.length === 0) return false;
  const name = firingOf(alert)?.name;
  return !kinds.some((kind) => kind.class === alert.class && (name === undefined || kind.name === undefined || kind.name === name));
}

/** Its sender had called it over: what fires now is new, whatever else still fires. Who tells no name is not known again. */
function isRefired(alert: Joined["alert"], kinds: readonly HeardKind[]): boolean {
  const name = firingOf(alert)?.name;
  const before = kinds.filter((kind) => name !== undefined && kind.class === alert.class && kind.name === name);
  return before.length > 0 && before.every(({ isOver }) => isOver);
}

function isFirstCritical({ severity }: Joined["alert"], incident: Incident): boolean {
  return severity === "critical" && incident.severity === undefined;
}

function dueAt(because: Because, last: Investigation, nowMs: number): number {
  const isPressing = because === "worse" || (because === "refused" && last.alert?.refusesWrites !== true);
  if (!isPressing) return Math.max(nowMs, last.startedAtMs + LOOK_EVERY_MS);
  return last.state === "running" ? nowMs + AFTER_RUNNING_MS : nowMs;
}
