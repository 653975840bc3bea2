import type { Alert } from "../domain/alert.ts";
import { formatTarget, type Target } from "../domain/target.ts";
import type { Opened } from "../incidents/open-incident.ts";
import { reportKill } from "../incidents/report-kill.ts";
import { resolveByAlert } from "../incidents/resolve.ts";
import { threadLink } from "../incidents/thread-link.ts";
import { note } from "../messages/note.ts";
import { startedNote } from "../messages/started-note.ts";
import { targetPicker } from "../messages/target-picker.ts";
import type { TargetList } from "../ports/planner.ts";
import { findVictim, type Victim } from "./find-victim.ts";
import type { Front } from "./front.ts";
import { open, startOf } from "./investigate.ts";
import { say, type Reply } from "./say.ts";
import { targetOfAlert } from "./target-of-alert.ts";

/** An alert that was judged: by whichever way it came, it is handled alike. */
export type TakenAlert = {
  /** The same key is the same alert, heard again: of a sender's message and its place in it, or of a post. */
  readonly key: string;
  readonly alert: Alert;
  /** When it was posted or came in. */
  readonly heardAtMs: number;
};

/**
 * Opens or joins the incident of the target that an alert is about. `place` is where it is answered when the target cannot
 * be told, and the thread of a new incident where it has one.
 */
export async function takeAlert(front: Front, taken: TakenAlert, place: Reply): Promise<void> {
  const { alert } = taken;
  if (alert.memory !== "yes") return;
  if (alert.status === "resolved") return onResolved(front, taken);
  const victim = await victimOf(front, taken);
  if (victim.kind === "none") return nobody(front, alert, { place, because: victim.because });
  if (victim.kind === "several")
    return say(front, place, targetPicker({ says: answered(victim.because, alert, place), targets: victim.targets }));

  const { target, how } = victim;
  if (how !== undefined && alert.kills.length === 0) await say(front, place, note(how));
  const actor = { kind: "alert", source: alert.source } as const;
  const { channel, threadTs } = place;
  const opened = await open(front, { target, actor, channel, ...(threadTs === undefined ? {} : { rootTs: threadTs }) });
  if (opened.kind === "no-runbook") return say(front, place, opened.refusal);
  const [newest] = alert.kills.toReversed();
  if (newest !== undefined) await reportKill(front.desk, { incident: opened.incident, actor, says: toldOf(newest.says, alert, how) });
  return isElsewhere(opened, place) ? sayWhere(front, place, opened) : undefined;
}

/** Whose memory it is about, whatever the sender. */
export async function victimOf(
  { desk, hosts }: Pick<Front, "desk" | "hosts">,
  { alert, heardAtMs }: Omit<TakenAlert, "key">,
): Promise<Victim> {
  const list = await desk.targets.list();
  if (alert.subject.about !== "redis") return findVictim({ list, hosts, clock: desk.clock }, alert, heardAtMs);
  return redisOf(alert, { ...list, known: list.known.filter(({ target }) => target.kind === "redis") });
}

function redisOf(alert: Alert, list: TargetList): Victim {
  const { names } = alert.subject;
  const found = targetOfAlert(names, list);
  if (found.kind === "found") return found;
  const only = theOnlyOne(list, alert);
  if (only !== undefined) {
    const how = `This does not say which Redis it is about. \`${formatTarget(only)}\` is the only one that I know, so I look at that.`;
    return { kind: "found", target: only, how };
  }
  const [named] = names;
  const because =
    named === undefined
      ? "This is about the memory of a Redis, but the alert does not say which."
      : `This is about the memory of a Redis, but I do not know "${named.slice(0, 80)}".`;
  return found.targets.length === 0 ? { kind: "none" } : { kind: "several", targets: found.targets, because };
}

/** Where nothing is named there can be no doubt among one; a plain log line names who wrote it, not its Redis. */
function theOnlyOne({ known }: TargetList, { subject: { names }, source }: Alert): Target | undefined {
  const [only, ...others] = known;
  return others.length === 0 && (names.length === 0 || source === "text") ? only?.target : undefined;
}

type Nobody = { readonly place: Reply; readonly because: string | undefined };

async function nobody(front: Front, alert: Alert, { place, because }: Nobody): Promise<void> {
  if (because !== undefined) return say(front, place, note(answered(because, alert, place)));
  front.desk.log.info({ class: alert.class, source: alert.source }, "an alert is about nothing that is configured");
  return undefined;
}

/** Below a post it is clear who has said it. */
function answered(because: string, { source }: Alert, { threadTs }: Reply): string {
  return threadTs === undefined ? `${because} ${toldBy(source)}` : because;
}

function toldOf(says: string, { source }: Alert, how: string | undefined): string {
  return `${says}. The container was found ${how ?? "by its name"}. ${toldBy(source)}`;
}

function toldBy(source: string): string {
  return source === "text" ? "Told by a post." : `Told by ${source}.`;
}

/** It goes on in the incident's own thread, which may be far up or in another channel: who reads the newest post is led there. */
function isElsewhere({ kind, incident }: Opened, { threadTs }: Reply): boolean {
  if (threadTs === undefined || incident.rootTs === threadTs) return false;
  return kind === "reopened" || (kind === "joined" && incident.rootTs === undefined);
}

async function sayWhere(front: Front, place: Reply, { kind, incident, investigation }: Opened): Promise<void> {
  const permalink = await threadLink(front, incident);
  await say(
    front,
    place,
    startedNote({ kind, incident, looking: investigation !== undefined, ...(permalink === undefined ? {} : { permalink }) }),
  );
}

async function onResolved(front: Front, taken: TakenAlert): Promise<void> {
  const { source } = taken.alert;
  const victim = await victimOf(front, taken);
  const start = victim.kind === "found" ? startOf(front, victim.target) : undefined;
  if (victim.kind !== "found" || start === undefined) return;
  const resolved = await resolveByAlert(front.desk, { target: victim.target, problem: start.problem, source });
  front.desk.log.info({ problem: start.problem, source, resolved: resolved.kind }, "an alert resolved");
}
