import { isWorse } from "../domain/alert.ts";
import type { EscalationEvent } from "../domain/escalation.ts";
import type { Incident, Problem } from "../domain/incident.ts";
import type { StepProgress } from "../domain/evidence.ts";
import { readingKey, targetKey, type Target } from "../domain/target.ts";
import { mindAnew } from "../incidents/attention.ts";
import { commit } from "../incidents/commit.ts";
import { escalate } from "../incidents/escalate.ts";
import { tellKept } from "../incidents/hush.ts";
import { openIncident } from "../incidents/open-incident.ts";
import { findUnresolved, resolveWithin } from "../incidents/resolve.ts";
import type { Tables } from "../ports/store.ts";
import { isTroubled, KILLS_FORGOTTEN_MS } from "../domain/watch.ts";
import { countQuietly, hushedBy, labelsOfNews, SEVERITY_OF } from "./hush-watch.ts";
import type { Telling } from "./telling.ts";
import type { WatchDeps } from "./watch-deps.ts";

const ACTOR = { kind: "oomph" } as const;
/** A worker that is killed every few seconds is one trouble: looking into it each time would bury what was found. */
const LOOK_AGAIN_MS = 10 * 60_000;

export type Subject = {
  readonly target: Target;
  /** Of what kinds the news is, at the most. */
  readonly kinds: readonly Telling["kind"][];
  /** Always: it is looked into anew each time. Seldom: not within minutes of the last time. */
  readonly lookInto: "always" | "seldom";
};

/**
 * Opens or joins the target's incident, has it looked into, says in its thread what is new and has it escalated. `news`
 * runs in the transaction in which that is said, and stores what it knows then: told and remembered are one. Of nothing
 * new nothing is said. Where somebody wants quiet about it, it is only counted, and `news` is told that nobody knows of it.
 */
export async function tell(deps: WatchDeps, subject: Subject, news: GatherNews): Promise<void> {
  const { problem } = deps.runbookFor(subject.target.kind);
  const by = await hushedBy(deps, { ...subject, problem });
  if (by !== undefined) return countQuietly(deps, { by, subject: { ...subject, problem }, news: (tables) => news(tables, "untold") });
  const incident = await incidentOf(deps, subject);
  await commit(deps.desk, async (tables) => {
    const tellings = await news(tables, "told");
    if (tellings.length > 0) await tellKept(tables, deps.desk, incident);
    for (const telling of tellings) await say(tables, deps, { incident, telling });
  });
}

/** What is new, within the transaction in which it is told; `untold`: it is only counted. */
export type GatherNews = (tables: Tables, how: "told" | "untold") => Promise<readonly Telling[]>;

async function say(
  tables: Tables,
  { desk }: WatchDeps,
  { incident, telling }: { readonly incident: Incident; readonly telling: Telling },
): Promise<void> {
  const { kind, says, sinceMs, isRepetition = false } = telling;
  const known = (await tables.incidents.get(incident.id))?.severity ?? null;
  if (isWorse(SEVERITY_OF[kind], known)) {
    await tables.incidents.setSeverity(incident.id, SEVERITY_OF[kind]);
    if (known !== null) await mindAnew(tables, desk, incident);
  }
  if (!isRepetition) await tables.incidents.note({ incidentId: incident.id, atMs: desk.clock.nowMs(), actor: ACTOR, says });
  await desk.narrator(tables, { kind: "watched", incident, trouble: kind, says, sinceMs });
  await escalate(tables, desk, { incident, event: kind satisfies EscalationEvent, says });
}

async function incidentOf({ desk, runbookFor, channel }: WatchDeps, { target, lookInto, kinds }: Subject): Promise<Incident> {
  const runbook = runbookFor(target.kind);
  const { problem } = runbook;
  const known = lookInto === "seldom" ? await lookedIntoLately(desk, target, problem) : undefined;
  if (known !== undefined) return known;
  const steps = runbook.steps.map(({ id, title }): StepProgress => ({ step: id, title, state: { kind: "waiting" } }));
  const labels = labelsOfNews(kinds);
  const opening = { target, problem, channel, actor: ACTOR, runbookId: runbook.id, steps, labels, news: true } as const;
  return (await openIncident(desk, opening)).incident;
}

/** Twice is enough within minutes; once, when that look was taken after the first kill, and could see it. */
async function lookedIntoLately({ store, clock }: WatchDeps["desk"], target: Target, problem: Problem): Promise<Incident | undefined> {
  const incident = await findUnresolved(store, { target, problem });
  if (incident === undefined) return undefined;
  const looks = await store.investigations.ofIncident(incident.id);
  const lately = looks.filter(({ startedAtMs }) => startedAtMs > clock.nowMs() - LOOK_AGAIN_MS);
  const kills = (await store.watched.get(readingKey(target)))?.kills;
  // The first kill of all is more than what was looked into before it, however lately that was.
  if (kills === undefined || clock.nowMs() - kills.lastMs > KILLS_FORGOTTEN_MS) return undefined;
  const sawIt = lately.some(({ startedAtMs }) => startedAtMs >= kills.firstMs);
  return sawIt || lately.length > 1 ? incident : undefined;
}

/**
 * The trouble is over: resolves the incident, if the watch opened it and nothing else of the same owner is in trouble. `isOver` runs in the same transaction, stores that
 * it is, and may know better; while somebody acts on the incident it is not even asked.
 */
export async function tellCalm(
  { desk, runbookFor }: WatchDeps,
  { target, says }: { readonly target: Target; readonly says: string },
  isOver: (tables: Tables) => Promise<boolean>,
): Promise<void> {
  await commit(desk, async (tables) => {
    const { problem } = runbookFor(target.kind);
    const incident = await findUnresolved(tables, { target, problem });
    if (incident?.state === "acting" || incident?.state === "verifying") return; // the next look will say so
    if (!(await isOver(tables)) || incident?.openedBy.kind !== "oomph") return;
    const others = await tables.watched.ofOwner(targetKey(target));
    if (others.some((one) => isTroubled(one, desk.clock.nowMs()))) return;
    await resolveWithin(tables, desk, { incident, actor: ACTOR, says });
  });
}
