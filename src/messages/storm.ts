import { SEVERITIES } from "../domain/alert.ts";
import { counted } from "../domain/count.ts";
import type { Message } from "../domain/message.ts";
import { worstFirst, type Storm, type StormMember } from "../domain/storm.ts";
import { formatTarget } from "../domain/target.ts";
import type { Trait } from "../domain/trait.ts";
import { button, context, message, section, titled } from "./kit.ts";
import { PROBLEMS, STATES } from "./root.ts";
import { begin, code, prose, time, visible } from "./words.ts";

export type StormFacts = { readonly storm: Storm; readonly members: readonly StormMember[] };

// A screen of a phone; the list below the storm has all.
const WORST = 8;
// Of at most some 150 characters each: well within one message.
const ON_A_PAGE = 50;
// Each is edited as long as the storm lasts, and Slack takes an edit or so in a second.
const MOST_PAGES = 10;
const ON_ALL_PAGES = MOST_PAGES * ON_A_PAGE;
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
  const within = worstFirst(members.filter(({ isOut }) => !isOut));
  const worst = within.filter(({ state }) => storm.state === "active" || state !== "resolved").slice(0, WORST);
  const mark = storm.state === "over" ? "🌤️" : "🌩️";
  const name = storm.state === "over" ? "Storm, over" : "Storm";
  const title = `${name}: ${counted(members.length, "incident")} ${sharing(storm, visible)}`;
  const when = storm.endedAtMs === undefined ? "" : ` · over ${time(storm.endedAtMs)}`;
  const says = storm.state === "over" ? outcome(members) : `${standing(members)} ${counted(reports(members), "report")} so far.`;
  return message(`${title}. ${says}`, [
    section(`${mark} *${name}: ${counted(members.length, "incident")} ${sharing(storm, code)}*\n${says}`),
    ...worst.map((member) => section(line(member), button("Own thread", { actionId: "storm_take_out", id: member.incidentId }))),
    context(
      `They share this thread instead of ${members.length} of their own.${storm.state === "over" ? "" : " The worst are looked into first."} All are listed below, each as its own incident. Began ${time(storm.beganAtMs)}${when} · ${code(storm.id)}`,
    ),
  ]);
}

/** All members by severity, in pages, each made when it is asked for; in the order of joining, so that few pages change at a time. */
export function* stormPages({ members }: Pick<StormFacts, "members">): Generator<Message> {
  const listed = bySeverity(members);
  const pages = Math.min(MOST_PAGES, Math.ceil(listed.length / ON_A_PAGE));
  for (let page = 0; page < pages; page += 1) {
    const shown = listed.slice(page * ON_A_PAGE, (page + 1) * ON_A_PAGE);
    const from = page * ON_A_PAGE + 1;
    const title = `Members ${from} to ${from + shown.length - 1} of ${members.length}`;
    const halves = [shown.slice(0, ON_A_PAGE / 2), shown.slice(ON_A_PAGE / 2)].filter((half) => half.length > 0);
    const left = page === MOST_PAGES - 1 ? members.length - ON_ALL_PAGES : 0;
    yield message(title, [context(title), ...halves.map((half) => section(half.map(line).join("\n"))), ...unlisted(left)]);
  }
}

function unlisted(count: number): readonly ReturnType<typeof context>[] {
  if (count <= 0) return [];
  return [
    context(
      `${counted(count, "more member")}, none of them worse, find no room here: \`/oom incidents\` has the newest, and a file with all comes when the storm is over.`,
    ),
  ];
}

/** Every member as it was when the storm ended; undefined where the pages have them all. */
export function stormWhole({ storm, members }: StormFacts): Message | undefined {
  if (members.length <= ON_ALL_PAGES) return undefined;
  const title = `All ${counted(members.length, "member")} of the storm ${sharing(storm, visible)}, as they were when it ended`;
  const all = worstFirst(members);
  const sections = Array.from({ length: Math.ceil(all.length / ON_A_PAGE) }, (_, page) =>
    section(
      all
        .slice(page * ON_A_PAGE, (page + 1) * ON_A_PAGE)
        .map(line)
        .join("\n"),
    ),
  );
  return message(title, [section(`*${prose(title)}*`), ...sections]);
}

/** In the place of the last word, when a storm that was over goes on. */
export function stormGoesOn(): Message {
  const says = "The storm was over for a while and goes on: one of it was reported again. Its list above is up to date.";
  return message(says, [section(`🌩️ ${says}`)]);
}

/** The last word of a storm, kept true afterwards: what became of its members, what is still open, what they were found to be. */
export function stormOver({ storm, members }: StormFacts): Message {
  const verdicts = mostFrequent(members.flatMap(({ headline }) => (headline === undefined ? [] : [headline])));
  const open = worstFirst(members.filter(({ state }) => state !== "resolved"));
  const more = open.length - Math.min(open.length, WORST);
  const says = `The storm is over: ${counted(members.length, "incident")} ${sharing(storm, visible)}. ${outcome(members)}`;
  return message(says, [
    section(`🌤️ *The storm is over: ${counted(members.length, "incident")} ${sharing(storm, code)}*\n${outcome(members)}`),
    ...titled("Still open, the worst first", [
      ...open.slice(0, WORST).map(line),
      ...(more > 0 ? [`… and ${counted(more, "other")}, in the list above.`] : []),
    ]),
    ...titled(
      "What was found",
      verdicts.map(({ headline, count }) => `• ${count} × ${prose(begin(headline, HEADLINE))}`),
    ),
    context(
      open.length === 0
        ? "When one of them is reported again, that is a new incident."
        : "What is open stays open: `/oom incidents` lists it, and this message follows it. When one of them is reported again, the storm goes on here.",
    ),
  ]);
}

function outcome(members: readonly StormMember[]): string {
  const resolved = members.filter(({ state }) => state === "resolved").length;
  const left = members.length - resolved;
  const open = left === 0 ? "all resolved" : `${resolved} resolved, ${left} still open`;
  return `${counted(reports(members), "report")}; ${open}.`;
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
    ...(out > 0 ? [out === 1 ? "1 in a thread of its own" : `${out} in threads of their own`] : []),
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
  const about = `${PROBLEMS[problem].toLowerCase()}${severity === undefined ? "" : `, ${severity}`}`;
  const found = member.headline === undefined ? "" : `: ${prose(begin(member.headline, HEADLINE))}`;
  const times = timesSeen > 1 ? [`${timesSeen} reports`] : [];
  return [`${markOf(member)} ${code(formatTarget(target), 80)} ${about}`, `${lookOf(member)}${found}`, ...times, code(incidentId)].join(
    " · ",
  );
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
