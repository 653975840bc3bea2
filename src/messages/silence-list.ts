import type { CalmRules } from "../domain/calm.ts";
import { counted } from "../domain/count.ts";
import type { Message } from "../domain/message.ts";
import type { Silence } from "../domain/silence.ts";
import { button, context, header, lines, message, section } from "./kit.ts";
import { code, person, prose, silenceWords, time } from "./words.ts";

type Count = { readonly by: string; readonly count: number; readonly kills: number };

// A screen of a phone, and within Slack's 50 blocks.
const MOST = 20;

/** What is silenced now, by whom and until when, how much it has kept quiet, and a button that takes it back. */
export function silenceList(facts: {
  readonly silences: readonly Silence[];
  readonly counts: readonly Count[];
  /** Windows and quiet hours in which we are now. */
  readonly now: { readonly maintenance: readonly CalmRules["maintenance"][number][]; readonly isQuiet: boolean };
}): Message {
  const { silences, counts, now } = facts;
  const configured = [
    ...now.maintenance.map((window) => `🔧 Maintenance now: ${prose(window.name)}${kept(counts, `maintenance:${window.name}`)}`),
    ...(now.isQuiet ? [`🌙 Quiet hours now: what is not critical waits until they end${kept(counts, "quiet-hours")}`] : []),
  ];
  if (silences.length === 0 && configured.length === 0) return message("Nothing is silenced.", [section("🔔 Nothing is silenced.")]);
  const shown = silences.toReversed().slice(0, MOST);
  const left = silences.length - shown.length;
  return message(counted(silences.length, "silence"), [
    header("Silences"),
    ...shown.map((silence) => section(line(silence, counts), button("Undo", { actionId: "silence_end", id: silence.id }))),
    left > 0 ? section(`… and ${counted(left, "older one")}.`) : undefined,
    ...lines(configured),
    context("What is silenced is counted, opens nothing and says nothing. What somebody asks for is never silenced."),
  ]);
}

/** The answer to who has silenced something. */
export function silenceSetNote({ silence, open }: { readonly silence: Silence; readonly open: number }): Message {
  const until = untilWords(silence);
  const threads =
    open === 0 ? "" : ` ${open === 1 ? "Its open incident" : `${counted(open, "open incident")} of it`} stay${open === 1 ? "s" : ""} open.`;
  return message("Silenced", [
    section(
      `🔕 ${silenceWords(silence.what)} is silenced ${until} · ${code(silence.id)}\n${killWords(silence)}${threads}`,
      button("Undo", { actionId: "silence_end", id: silence.id }),
    ),
  ]);
}

function line(silence: Silence, counts: readonly Count[]): string {
  const why = silence.reason === undefined ? "" : `: ${prose(silence.reason)}`;
  return `🔕 *${silenceWords(silence.what)}* ${untilWords(silence)}${kept(counts, silence.id)}\n${person(silence.by)} ${time(silence.atMs)}${why} · ${code(silence.id)} · ${killWords(silence)}`;
}

function untilWords({ untilMs }: Silence): string {
  return untilMs === undefined ? "until it is resolved" : `until ${time(untilMs)}`;
}

function killWords({ kills }: Silence): string {
  return kills ? "Kills are counted and not told either." : "Kills are told all the same.";
}

function kept(counts: readonly Count[], by: string): string {
  const { count, kills } = counts.find((one) => one.by === by) ?? { count: 0, kills: 0 };
  if (count === 0) return " · nothing kept quiet yet";
  return ` · ${count} kept quiet${kills === 0 ? "" : `, ${counted(kills, "kill")} among them`}`;
}
