import { SEVERITIES } from "../domain/alert.ts";
import { counted } from "../domain/count.ts";
import type { Message } from "../domain/message.ts";
import { worstFirst, type Storm, type StormMember } from "../domain/storm.ts";
import { formatTarget } from "../domain/target.ts";
import type { Trait } from "../domain/trait.ts";
import { button, context, message, section } from "./kit.ts";
import { PROBLEMS, STATES } from "./root.ts";
import { clip, code, prose, time, visible } from "./words.ts";

export type StormFacts = { readonly storm: Storm; readonly members: readonly StormMember[] };

// A screen of a phone; the list below the storm has all.
const WORST = 8;
// Of at most some 150 characters each: well within one message.
const ON_A_PAGE = 50;
const HEADLINE = 90;

/** What storms are called by what their members share. */
const SHARED: Readonly<Record<Trait["kind"], (value: string) => string>> = {
  node: (value) => `on node ${value}`,
  project: (value) => `of ${value}`,
  image: (value) => `of image ${value}`,
  namespace: (value) => `in namespace ${value}`,
  host: (value) => `on host ${value}`,
  cluster: (value) => `in cluster ${value}`,
  source: (value) => `told by ${value}`,
  time: () => "at the same time",
};

/** The root of a storm's thread, edited in place: what is shared, how many, how they stand, the worst first. */
export function stormRoot({ storm, members }: StormFacts): Message {
  const worst = worstFirst(members.filter(({ isOut }) => !isOut)).slice(0, WORST);
  const mark = storm.state === "over" ? "🌤️" : "🌩️";
  const title = `Storm: ${counted(members.length, "incident")} ${sharing(storm, visible)}`;
  const when = storm.endedAtMs === undefined ? "" : ` · over ${time(storm.endedAtMs)}`;
  return message(`${title}. ${standing(members)}`, [
    section(
      `${mark} *Storm: ${counted(members.length, "incident")} ${sharing(storm, code)}*\n${standing(members)} ${counted(reports(members), "report")} so far.`,
    ),
    ...worst.map((member) => section(line(member), button("Own thread", { actionId: "storm_take_out", id: member.incidentId }))),
    context(
      `They share this thread instead of ${members.length} of their own. The worst are looked into first; all are listed below, each as its own incident. Began ${time(storm.beganAtMs)}${when} · ${code(storm.id)}`,
    ),
  ]);
}

/** All members by severity, in pages; in the order of joining, so that few pages change at a time. */
export function stormPages({ members }: Pick<StormFacts, "members">): readonly Message[] {
  const listed = bySeverity(members);
  const pages = Math.ceil(listed.length / ON_A_PAGE);
  return Array.from({ length: pages }, (_, page) => {
    const shown = listed.slice(page * ON_A_PAGE, (page + 1) * ON_A_PAGE);
    const from = page * ON_A_PAGE + 1;
    const title = `Members ${from} to ${from + shown.length - 1} of ${members.length}`;
    const halves = [shown.slice(0, ON_A_PAGE / 2), shown.slice(ON_A_PAGE / 2)].filter((half) => half.length > 0);
    return message(title, [context(title), ...halves.map((half) => section(half.map(line).join("\n")))]);
  });
}

/** The last word of a storm. */
export function stormOver({ storm, members }: StormFacts): Message {
  const resolved = members.filter(({ state }) => state === "resolved").length;
  const verdicts = mostFrequent(members.flatMap(({ headline }) => (headline === undefined ? [] : [headline])));
  const left = members.length - resolved;
  const says = `The storm is over: ${counted(members.length, "incident")} ${sharing(storm, visible)}, ${counted(reports(members), "report")}`;
  return message(says, [
    section(
      [
        `🌤️ *The storm is over.* ${counted(members.length, "incident")} ${sharing(storm, code)}, ${counted(reports(members), "report")}. ${resolved} resolved, ${left} still open.`,
        ...verdicts.map(({ headline, count }) => `• ${count} × ${prose(clip(headline, HEADLINE))}`),
      ].join("\n"),
    ),
    context("What is open stays open: `/oom incidents` lists it. When one of them is reported again, the storm goes on here."),
  ]);
}

function sharing({ trait }: Storm, shown: (value: string) => string): string {
  return SHARED[trait.kind](shown(trait.value));
}

function standing(members: readonly StormMember[]): string {
  const critical = members.filter(({ severity, state }) => severity === "critical" && state !== "resolved").length;
  const inStorm = members.filter(({ isOut, state }) => !isOut && state !== "resolved");
  const of = (look: StormMember["look"]): number => inStorm.filter((member) => member.look === look).length;
  const out = members.filter(({ isOut }) => isOut).length;
  const resolved = members.filter(({ state }) => state === "resolved").length;
  const parts = [
    ...(critical > 0 ? [`${critical} critical`] : []),
    `${of("done")} looked into`,
    `${of("running")} being looked into`,
    `${of("waiting")} waiting`,
    ...(out > 0 ? [`${out} in threads of their own`] : []),
    `${resolved} resolved`,
  ];
  return `${parts.join(", ")}.`;
}

function reports(members: readonly StormMember[]): number {
  return members.reduce((total, { timesSeen }) => total + timesSeen, 0);
}

function bySeverity(members: readonly StormMember[]): readonly StormMember[] {
  const rank = ({ severity }: StormMember): number => (severity === undefined ? SEVERITIES.length : SEVERITIES.indexOf(severity));
  return members.toSorted((left, right) => rank(left) - rank(right));
}

function line(member: StormMember): string {
  const { target, problem, severity, timesSeen, incidentId } = member;
  const times = timesSeen > 1 ? ` · ${timesSeen} reports` : "";
  const says = member.headline === undefined ? "" : ` · ${prose(clip(member.headline, HEADLINE))}`;
  return `${markOf(member)} ${code(formatTarget(target), 80)} ${PROBLEMS[problem].toLowerCase()}${severity === undefined ? "" : `, ${severity}`} · ${lookOf(member)}${times} · ${code(incidentId)}${says}`;
}

function markOf({ state, look, isOut }: StormMember): string {
  return !isOut && state === "open" && look === "waiting" ? "⏳" : STATES[state].mark;
}

function lookOf({ state, look, isOut }: StormMember): string {
  if (state === "resolved") return "resolved";
  if (isOut) return "in a thread of its own";
  return look === "waiting" ? "waiting" : STATES[state].says;
}

// As many verdicts as a reader takes in at once.
const VERDICTS = 5;

function mostFrequent(headlines: readonly string[]): readonly { readonly headline: string; readonly count: number }[] {
  const counts = new Map<string, number>();
  for (const headline of headlines) counts.set(headline, (counts.get(headline) ?? 0) + 1);
  return [...counts]
    .map(([headline, count]) => ({ headline, count }))
    .toSorted((left, right) => right.count - left.count)
    .slice(0, VERDICTS);
}
