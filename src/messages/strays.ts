import { SEVERITIES, type Severity } from "../domain/alert.ts";
import { counted } from "../domain/count.ts";
import type { ActionsBlock, Message } from "../domain/message.ts";
import { MOST_ALONE, type Stray, type ToldStrays } from "../domain/stray.ts";
import type { Target } from "../domain/target.ts";
import { button, buttons, context, message, option, plain, section } from "./kit.ts";
import { note } from "./note.ts";
import { targetPicker } from "./target-picker.ts";
import { toldBy } from "./told-by.ts";
import { beginWithFigure, clip, code, listed, person, prose, time } from "./words.ts";

// A screen of a phone; what has no room there is listed in the thread.
const NEWEST = 12;
// Of at most some 150 characters each, and as much again for the list to choose from: within one message.
const ON_A_PAGE = 40;
// Each is edited as long as alerts come, and Slack takes an edit or so in a second.
const MOST_PAGES = 10;
const ON_ALL_PAGES = MOST_PAGES * ON_A_PAGE;
// Slack's limit for a list to choose from, and how it reads in one.
const MOST_OPTIONS = 100;
const MOST_OF_AN_OPTION = 60;
const MOST_OF_A_NAME = 60;
const MOST_OF_AN_ALERT = 45;

/** One that is asked about by itself: why nobody knows whose it is, what it may be, and how often it came. */
export function strayQuestion(stray: Stray, targets: readonly Target[]): Message {
  const { id, because, chosen, count, lastAtMs } = stray;
  if (chosen !== undefined) return note(`Looking at \`${chosen.target}\`, as chosen.`);
  const chosenFor = { alertClass: stray.class, strayId: id };
  const isPosted = stray.threadTs !== undefined;
  const says = isPosted ? because : `${because} ${toldBy(stray.source)}`;
  const asks = targets.length === 0 ? withChoice(note(says), id) : targetPicker({ says, targets, chosenFor });
  const times = count === 1 ? [] : [`${counted(count, "alert")} of this so far, the last ${time(lastAtMs)}.`];
  const then = `What you choose is looked into ${isPosted ? "below this post" : "in a thread of its own"}.`;
  // Below a post its words stand already.
  const alert = isPosted ? [] : [section(clip(alertWords(stray), MOST_OF_A_QUESTION))];
  return { ...asks, blocks: [...alert, ...asks.blocks, context([...times, then, UNWANTED].join(" "))] };
}

const MOST_OF_A_QUESTION = 400;
const UNWANTED = "Should nobody be asked about such alerts, a rule with `memory: no` says so (`alerts.rules` in `oomph.yaml`).";

function alertWords({ says, severity }: Stray): string {
  return `🔔 ${prose(says)}${severity === null ? "" : ` · ${severity}`}`;
}

/** Who presses is asked among all that is known. */
function withChoice({ blocks, ...rest }: Message, id: string): Message {
  return { ...rest, blocks: [...blocks, ...buttons([button("Choose its target", { actionId: "stray_pick", id })])] };
}

/** Those that come after the first few: how many names and alerts, the worst and newest of them, and one list to choose from. */
export function strayRoot({ together }: Pick<ToldStrays, "together">): Message {
  const open = together.filter(({ chosen }) => chosen === undefined);
  const left = together.length - Math.min(together.length, NEWEST);
  const title = `Alerts about ${counted(together.length, "name")} that I cannot place`;
  const shown = together.slice(0, NEWEST);
  const alerts = counted(
    together.reduce((all, { count }) => all + count, 0),
    "alert",
  );
  return message(`${title}: ${alerts}.`, [
    section(
      `❓ *${title}*\n${alerts}, the last ${time(Math.max(...together.map(({ lastAtMs }) => lastAtMs)))}.\nBy name: ${standing(together)}.`,
    ),
    section(shown.map(line).join("\n")),
    ...(left > 0 ? [context(`… and ${counted(left, "other")}, in the thread.`)] : []),
    ...choice(open),
    context(
      `Choose a name, then which target it is, and that is looked into. ${sharing(together.length)} ${MOST_ALONE} before were asked about one by one. It is kept up to date. ${UNWANTED}`,
    ),
  ]);
}

function sharing(names: number): string {
  return names === 1 ? "What else comes is listed here;" : `These share this message instead of ${names} of their own;`;
}

/** All of them, where the first message has no room: in pages, each with its own list to choose from. */
export function strayPages({ listed: all }: Pick<ToldStrays, "listed">): readonly Message[] {
  if (all.length <= NEWEST) return [];
  const pages = Math.min(MOST_PAGES, Math.ceil(all.length / ON_A_PAGE));
  return Array.from({ length: pages }, (_, page) => {
    const shown = all.slice(page * ON_A_PAGE, (page + 1) * ON_A_PAGE);
    const from = page * ON_A_PAGE + 1;
    const title = `Names ${from} to ${from + shown.length - 1} of ${all.length}`;
    const halves = [shown.slice(0, ON_A_PAGE / 2), shown.slice(ON_A_PAGE / 2)].filter((half) => half.length > 0);
    const left = page === MOST_PAGES - 1 ? Math.max(0, all.length - ON_ALL_PAGES) : 0;
    return message(title, [
      context(title),
      ...halves.map((half) => section(half.map(line).join("\n"))),
      ...choice(shown.filter(({ chosen }) => chosen === undefined)),
      ...(left > 0 ? [context(`${counted(left, "more name")}, none of them worse, find no room here; they are counted above.`)] : []),
    ]);
  });
}

function choice(open: readonly Stray[]): readonly ActionsBlock[] {
  if (open.length === 0) return [];
  const options = open.slice(0, MOST_OPTIONS).map(({ id, name }) => option(clip(name, MOST_OF_AN_OPTION), id));
  return buttons([{ type: "static_select", action_id: "stray_pick", placeholder: plain("Which name?"), options }]);
}

function standing(strays: readonly Stray[]): string {
  const of = SEVERITIES.map((severity) => ({ severity, count: strays.filter((stray) => stray.severity === severity).length }));
  const bad = of.flatMap(({ severity, count }) => (count === 0 ? [] : [`${count} ${severity}`]));
  const unweighed = strays.filter(({ severity }) => severity === null).length;
  const chosen = strays.filter((stray) => stray.chosen !== undefined).length;
  const [first] = strays;
  const isAlike = strays.every(({ severity }) => severity === first?.severity);
  // `9 critical` of 9 names beside 40 alerts would be read as alerts.
  const all = isAlike
    ? alike(first?.severity ?? null, strays.length)
    : listed([...bad, ...(unweighed === 0 ? [] : [`${unweighed} without a severity`])]);
  return chosen === 0 ? all : `${all}; ${chosen} of them answered`;
}

function alike(severity: Severity | null, count: number): string {
  if (severity === null) return count === 1 ? "no severity given" : "none with a severity";
  if (count === 1) return severity;
  return count === 2 ? `both ${severity}` : `all ${count} ${severity}`;
}

function line({ name, severity, count, says, chosen }: Stray): string {
  if (chosen !== undefined)
    return `✅ ${code(name, MOST_OF_A_NAME)} → ${code(chosen.target, MOST_OF_A_NAME)}, chosen by ${person(chosen.userId)}`;
  const times = count > 1 ? [counted(count, "alert")] : [];
  return [
    `• ${code(name, MOST_OF_A_NAME)}`,
    ...(severity === null ? [] : [severity]),
    ...times,
    prose(beginWithFigure(says, MOST_OF_AN_ALERT)),
  ].join(" · ");
}
