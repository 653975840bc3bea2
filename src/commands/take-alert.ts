import type { Alert } from "../domain/alert.ts";
import { targetKey, type Target } from "../domain/target.ts";
import { given } from "../domain/given.ts";
import type { Message } from "../domain/message.ts";
import { hearAlert } from "../incidents/hear-alert.ts";
import { hearStray } from "../incidents/hear-stray.ts";
import type { Opened } from "../incidents/opening.ts";
import { reportKill } from "../incidents/report-kill.ts";
import { resolveByAlert } from "../incidents/resolve.ts";
import type { LogFields } from "../ports/log.ts";
import { threadLink } from "../incidents/thread-link.ts";
import { note } from "../messages/note.ts";
import { quietChoice, quietOffer } from "../messages/quiet-offer.ts";
import { startedNote } from "../messages/started-note.ts";
import { toldBy } from "../messages/told-by.ts";
import { courseOf, type Course } from "./course-of.ts";
import { endedForMemory } from "./find-in-cluster.ts";
import type { Victim } from "./find-victim.ts";
import type { Front } from "./front.ts";
import { isHushed } from "./hush-alert.ts";
import { noRunbook, startOf } from "./investigate.ts";
import { mayBeMeant } from "./may-be-meant.ts";
import { notKnown } from "./not-known.ts";
import { say, type Reply } from "./say.ts";
import type { TakenAlert } from "./taken-alert.ts";
import { victimOf } from "./victim-of.ts";

/**
 * Opens or joins the incident of the target that an alert is about. `place` is where it is answered when the target cannot
 * be told, and the thread of a new incident where it has one.
 */
export async function takeAlert(front: Front, taken: TakenAlert, place: Reply): Promise<void> {
  const { alert } = taken;
  const course = courseOf(alert);
  if (course === "nothing") return;
  if (course === "ended") return onResolved(front, taken);
  const victim = await meantBy(front, taken, { course, place });
  const isUnsure = course === "offer" && !(await isSureNow(front, victim));
  if (await isHushed(front, taken, { victim, place, isUnsure })) return undefined;
  if (isUnsure) return offerQuietly(front, { taken, victim, place });
  if (victim.kind !== "found") return nobody(front, taken, { place, victim });

  const { target, how } = victim;
  const actor = { kind: "alert", source: alert.source } as const;
  const { channel, threadTs } = place;
  const start = startOf(front, target, alert.class);
  if (start === undefined) return say(front, place, noRunbook(target));
  const root = threadTs === undefined ? {} : { rootTs: threadTs };
  const opened = await hearAlert(front.desk, { ...start, ...taken, target, actor, channel, ...root });
  if (opened.kind === "heard-already") return undefined;
  if (how !== undefined && alert.kills.length === 0) await say(front, place, note(`${how} ${whatIsDone(opened)}`));
  const [newest] = alert.kills.toReversed();
  if (newest !== undefined) await reportKill(front.desk, { incident: opened.incident, actor, says: toldOf(newest.says, alert, victim) });
  return isElsewhere(opened, place) ? sayWhere(front, place, opened) : undefined;
}

/** What an alert came to whose target was not named. */
function whatIsDone({ kind, incident, investigation }: Opened): string {
  if (investigation !== undefined || kind === "opened") return `I look at that, in its thread (\`${incident.id}\`).`;
  return `It is counted in its open incident, \`${incident.id}\`, which was looked at a moment ago or is being worked on.`;
}

type Heard = { readonly course: Course; readonly place: Reply };

/** What surely is about memory is never lost: where nobody knows whose, people are asked. */
async function meantBy(front: Front, taken: TakenAlert, { course, place }: Heard): Promise<Victim> {
  const victim = await victimOf(front, taken);
  if (course !== "thread" || victim.kind !== "none" || victim.because !== undefined) return victim;
  const meant = place.threadTs === undefined ? undefined : await mayBeMeant(front, taken.alert);
  if (meant === "told") return victim;
  return meant ?? { kind: "none", because: notKnown(front, taken.alert) };
}

/** A restart or a back-off is about memory where the last end of its pod says so. */
async function isSureNow({ clusters, desk }: Front, victim: Victim): Promise<boolean> {
  return victim.kind === "found" && clusters !== undefined && endedForMemory({ clusters, clock: desk.clock }, victim.target);
}

type Unsure = { readonly taken: TakenAlert; readonly victim: Victim; readonly place: Reply };

/** Below a post, once for a target in a while; where it names nobody once for the channel. Nothing where nobody has posted, or the target is not known. */
async function offerQuietly(front: Front, { taken, victim, place }: Unsure): Promise<void> {
  const { alert } = taken;
  const offered = place.threadTs === undefined ? undefined : await offerOf(front, alert, victim);
  if (offered === undefined) {
    front.desk.log.debug({ ...forTheLog(taken), found: victim.kind }, "an alert that may be about memory was left alone");
    return undefined;
  }
  const slot = `alert/offer/${offered.to ?? place.channel}/${Math.floor(front.desk.clock.nowMs() / ONE_OFFER_IN_MS)}`;
  return say(front, { ...place, slot }, offered.message);
}

type Offer = { readonly message: Message; readonly to?: string };

async function offerOf(front: Front, alert: Alert, victim: Victim): Promise<Offer | undefined> {
  const { says, class: kind } = alert;
  if (victim.kind === "found") return { message: quietOffer({ target: victim.target, says, class: kind }), to: targetKey(victim.target) };
  if (victim.kind === "several" || victim.because !== undefined || ELSEWHERE.has(kind)) return undefined;
  const meant = await mayBeMeant(front, alert);
  return meant === undefined || meant === "told" ? undefined : { message: quietChoice({ targets: meant.targets, says, class: kind }) };
}

/** What may be about something else than memory is not asked about. */
const ELSEWHERE: ReadonlySet<Alert["class"]> = new Set(["container_restarts", "back_off", "evicted"]);

const ONE_OFFER_IN_MS = 60 * 60_000;

type Nobody = { readonly place: Reply; readonly victim: Exclude<Victim, { readonly kind: "found" }> };

/** People are asked which target it is. */
async function nobody(front: Front, taken: TakenAlert, { place, victim }: Nobody): Promise<void> {
  const { key, alert } = taken;
  const { channel, threadTs } = place;
  const { because } = victim;
  const targets = victim.kind === "several" ? victim.targets : [];
  if (victim.kind === "none") front.desk.log.info(forTheLog(taken), "an alert is about nothing that is configured");
  if (because !== undefined) await hearStray(front.desk, { key, alert, channel, ...given({ threadTs }), because, targets });
}

/** By which an alert is found again: the sender's id stands in the key. */
function forTheLog({ alert, key }: TakenAlert): LogFields {
  const { names, hosts, namespace, pod, container, owner } = alert.subject;
  const words = [namespace, pod, container, owner?.name, ...hosts, ...names].flatMap((word) => word ?? []).slice(0, MOST_LOGGED_WORDS);
  return { class: alert.class, rule: alert.rule, source: alert.source, key: cut(key), says: cut(alert.says), names: words.map(cut) };
}

const MOST_LOGGED_WORDS = 8;
const MOST_LOGGED_CHARACTERS = 120;

function cut(word: string): string {
  return word.slice(0, MOST_LOGGED_CHARACTERS);
}

function toldOf(says: string, { source }: Alert, { target, how = "by its name" }: Extract<Victim, { kind: "found" }>): string {
  return `${says}. The ${KINDS[target.kind]} was found ${how}. ${toldBy(source)}`;
}

/** What people call a target, which of a cluster is a pod of a workload. */
const KINDS = { docker: "container", workload: "pod", node: "node", redis: "Redis" } as const satisfies Record<Target["kind"], string>;

const LED_FROM = 5;
const LED_AGAIN = 50;

/** It goes on in the incident's own thread, which may be far up or in another channel: who reads the newest post is led there. */
function isElsewhere({ kind, incident }: Opened, { threadTs }: Reply): boolean {
  if (threadTs === undefined || incident.rootTs === threadTs || incident.stormId !== undefined) return false;
  // In heaps of posts it is enough below some.
  if (kind === "joined" && incident.timesSeen > LED_FROM && incident.timesSeen % LED_AGAIN !== 0) return false;
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
  const { alert, heardAtMs, changedAtMs: atMs = heardAtMs } = taken;
  const victim = await victimOf(front, taken);
  const start = victim.kind === "found" ? startOf(front, victim.target, alert.class) : undefined;
  if (victim.kind !== "found" || start === undefined) return;
  const resolved = await resolveByAlert(front.desk, { target: victim.target, problem: start.problem, alert, atMs, postedAtMs: heardAtMs });
  front.desk.log.info({ problem: start.problem, source: alert.source, resolved: resolved.kind }, "an alert resolved");
}
