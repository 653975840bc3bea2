import type { Calm } from "../domain/calm.ts";
import { counted } from "../domain/count.ts";
import type { Message } from "../domain/message.ts";
import type { Silence } from "../domain/silence.ts";
import { button, lines, message, section } from "./kit.ts";
import { code, killWords, prose, silenceWords, time, untilWords } from "./words.ts";

/** Another silence that still holds when this one is over, over all of it or a part. */
export type StayingFacts = { readonly silence: Silence; readonly of: "all" | "part" };

const MOST_STAYING = 5;

/** The answer to who has silenced something. */
export function silenceSetNote(facts: {
  readonly silence: Silence;
  /** How many incidents that are open it is about. */
  readonly open: number;
  readonly staying: readonly StayingFacts[];
  /** It was asked for longer. */
  readonly isCut: boolean;
  /** What may have been mistyped. */
  readonly hint?: string;
}): Message {
  const { silence, open, staying, isCut, hint } = facts;
  const threads =
    open === 0 ? "" : ` ${open === 1 ? "Its open incident" : `${counted(open, "open incident")} of it`} stay${open === 1 ? "s" : ""} open.`;
  const isKillQuiet = staying.some(({ silence: other, of }) => other.kills && of === "all");
  const kills = isKillQuiet ? "" : killWords(silence);
  return message("Silenced", [
    section(
      `🔕 ${silenceWords(silence.what)} is silenced ${untilWords(silence)} · ${code(silence.id)}\n${kills}${threads}`,
      button("Undo", { actionId: "silence_end", id: silence.id }),
    ),
    ...lines([...(hint === undefined ? [] : [`⚠️ ${prose(hint)}`]), ...(isCut ? [CUT] : []), ...stayingLines(staying)]),
  ]);
}

const CUT =
  "⚠️ For an hour at the most: this covers what nobody has named, and longer it is silenced only by those whom the configuration names (`access.investigators`, `access.admins`, approvers). The channel is told.";

/** The answer to who has taken one back. `calm`: what of the configuration keeps it quiet now. */
export function silenceEndedNote(facts: {
  readonly silence: Silence;
  readonly staying: readonly StayingFacts[];
  readonly calm: readonly (Calm & { readonly untilMs?: number })[];
}): Message {
  const { silence, staying, calm } = facts;
  const what = silenceWords(silence.what);
  const isQuiet = staying.some(({ of }) => of === "all") || calm.some(({ kind }) => kind === "maintenance");
  const says = isQuiet
    ? `🔕 The silence ${code(silence.id)} is over, but ${what} stays quiet.`
    : `🔔 ${what} is heard again. The next alert about it opens its incident and says how much was kept quiet.`;
  return message(isQuiet ? "Still silenced" : "Heard again", [section(says), ...lines([...stayingLines(staying), ...calm.map(calmLine)])]);
}

function calmLine(calm: Calm & { readonly untilMs?: number }): string {
  const until = calm.untilMs === undefined ? "" : `, until ${time(calm.untilMs)}`;
  if (calm.kind === "maintenance") return `🔧 It is in maintenance: *${prose(calm.name)}*${until}. \`/oom silences\` says more.`;
  return `🌙 These are quiet hours${until}: what is not critical waits for their end.`;
}

function stayingLines(staying: readonly StayingFacts[]): readonly string[] {
  const more = staying.length - MOST_STAYING;
  return [...staying.slice(0, MOST_STAYING).map(line), ...(more > 0 ? [`… and ${counted(more, "other silence")}: \`/oom silences\``] : [])];
}

function line({ silence, of }: StayingFacts): string {
  const until = `${untilWords(silence)}${silence.kills ? ", kills too" : ""}`;
  const stays = of === "all" ? "so it stays quiet" : "so a part of it stays quiet";
  return `⏳ ${silenceWords(silence.what)} is silenced as well, ${until}: ${stays}. \`/oom unmute ${silence.id}\` takes that back.`;
}
