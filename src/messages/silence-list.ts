import { formatWindowTime, type MaintenanceWindow, type WindowTime } from "../domain/calm.ts";
import { counted } from "../domain/count.ts";
import type { Message } from "../domain/message.ts";
import type { Silence } from "../domain/silence.ts";
import { button, context, header, message, section, titled } from "./kit.ts";
import { code, killWords, listed, person, prose, silenceWords, time, untilWords } from "./words.ts";

type Count = { readonly by: string; readonly count: number; readonly kills: number; readonly waiting: number };

/** When something of the configuration holds. `changesAtMs`: when it ends, or begins next; absent: never. */
export type Timed = { readonly when: WindowTime; readonly isNow: boolean; readonly changesAtMs?: number };

// A screen of a phone, and within Slack's 50 blocks.
const MOST = 20;
const MOST_TARGETS = 5;

/**
 * What is silenced: by whom and until when, how much it has kept quiet, and a button that takes it back; and what the configuration
 * wants quiet, now or next, with what it covers.
 */
export function silenceList(facts: {
  readonly silences: readonly Silence[];
  readonly counts: readonly Count[];
  readonly maintenance: readonly { readonly window: MaintenanceWindow; readonly time: Timed }[];
  readonly quietHours?: Timed;
}): Message {
  const { silences, counts, quietHours } = facts;
  const maintenance = facts.maintenance.filter(({ time: { isNow, changesAtMs } }) => isNow || changesAtMs !== undefined);
  const shown = silences.toReversed().slice(0, MOST);
  const left = silences.length - shown.length;
  const isConfigured = maintenance.length > 0 || quietHours !== undefined;
  const isNothing = silences.length === 0 && !maintenance.some((one) => one.time.isNow) && quietHours?.isNow !== true;
  return message(isNothing ? "Nothing is silenced now." : `${counted(silences.length, "silence")} and what the configuration wants quiet`, [
    isNothing ? section("🔔 Nothing is silenced now.") : header("Silences"),
    ...shown.map((silence) => section(line(silence, counts), button("Undo", { actionId: "silence_end", id: silence.id }))),
    left > 0 ? section(`… and ${counted(left, "older one")}.`) : undefined,
    ...titled(
      "Maintenance",
      maintenance.slice(0, MOST).map((one) => windowLine(one, counts)),
    ),
    ...titled("Quiet hours", quietHours === undefined ? [] : [quietHoursLine(quietHours, counts)]),
    context(
      `What is silenced is counted, opens nothing and says nothing. What somebody asks for is never silenced.${isConfigured ? ` ${CONFIGURED}` : ""}`,
    ),
  ]);
}

const CONFIGURED =
  "Maintenance and quiet hours stand in `oomph.yaml` (`alerts.maintenance`, `alerts.quietHours`): to undo them, change them there and restart Oomph.";

function line(silence: Silence, counts: readonly Count[]): string {
  const why = silence.reason === undefined ? "" : `: ${prose(silence.reason)}`;
  return `🔕 *${silenceWords(silence.what)}* ${untilWords(silence)} · ${kept(counts, silence.id)}\n${person(silence.by)} ${time(silence.atMs)}${why} · ${code(silence.id)} · ${killWords(silence)}`;
}

type Window = { readonly window: MaintenanceWindow; readonly time: Timed };

function windowLine({ window: { name, targets, labels }, time: timed }: Window, counts: readonly Count[]): string {
  const named = targets.slice(0, MOST_TARGETS).map((target) => code(target));
  const more = targets.length > MOST_TARGETS ? [`${targets.length - MOST_TARGETS} more`] : [];
  const labelled = Object.entries(labels).map(([label, value]) => code(`${label}=${value}`));
  const whom = targets.length === 0 ? "everything" : listed([...named, ...more]);
  const scope = labelled.length === 0 ? whom : `${targets.length === 0 ? "all" : whom} with ${listed(labelled)}`;
  const all = `${kept(counts, `maintenance:${name}`)}${OF_LATE}`;
  return `🔧 *${prose(name)}* ${timeWords(timed)}\ncovers ${scope}, kills and what is critical too · ${all}`;
}

function quietHoursLine(timed: Timed, counts: readonly Count[]): string {
  const { waiting = 0 } = counts.find(({ by }) => by === "quiet-hours") ?? {};
  const waits = waiting === 0 ? "nothing waits for their end" : `${waiting} wait${waiting === 1 ? "s" : ""} for their end`;
  return `🌙 ${timeWords(timed)}\ncover all that is not critical · ${waits} · ${kept(counts, "quiet-hours")}${OF_LATE}`;
}

const OF_LATE = " in the last 30 days";

/** `now, until ... (sat 02:00-06:00 Europe/Berlin)`: the reader's own clock, and that of the zone. */
function timeWords({ when, isNow, changesAtMs }: Timed): string {
  // Slack takes `:00-06:` for an emoji.
  const rule = when.kind === "once" ? "" : ` (${code(formatWindowTime(when))})`;
  if (changesAtMs === undefined) return `${isNow ? "always" : "over"}${rule}`;
  return isNow ? `now, until ${time(changesAtMs)}${rule}` : `next ${time(changesAtMs)}${rule}`;
}

function kept(counts: readonly Count[], by: string): string {
  const { count, kills } = counts.find((one) => one.by === by) ?? { count: 0, kills: 0 };
  if (count === 0) return "nothing kept quiet";
  return `${count} kept quiet${kills === 0 ? "" : `, ${counted(kills, "kill")} among them`}`;
}
