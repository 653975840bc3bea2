import { formatBytes } from "../domain/bytes.ts";
import { counted } from "../domain/count.ts";
import { howItIsDown, restartsInWords, type DownContainer, type StartedAgain } from "../domain/down-container.ts";
import type { MemoryReading } from "../domain/memory.ts";
import type { Message } from "../domain/message.ts";
import { formatTarget, type Target } from "../domain/target.ts";
import { PRESSURE_SETTINGS } from "../domain/trend/pressure.ts";
import { context, header, lines, message, section } from "./kit.ts";
import { code, prose, time } from "./words.ts";

/** More rows than a screen holds are counted, not shown. */
const SHOWN = 25;
const CELLS = 10;
/** What is down comes first: a screen holds both. */
const DOWN_SHOWN = 10;

type Row = { readonly target: Target; readonly reading: MemoryReading; readonly again?: StartedAgain };

/** Who uses how much of its limit, fullest first. */
export function memoryTop(facts: {
  readonly rows: readonly Row[];
  /** What is to run and has nothing to be read. */
  readonly down: readonly DownContainer[];
  readonly missing: readonly { readonly source: string; readonly because: string }[];
  /** What the list was narrowed to: part of a name, or labels of pods. */
  readonly filter?: string;
  readonly selector?: string;
}): Message {
  const { rows, down, missing } = facts;
  const about = narrowed(facts);
  const first = rows[0];
  const lying = down.length === 0 ? "" : `, ${counted(down.length, "container")} not running or not measured`;
  if (first === undefined)
    return message(`No running ${about}${lying}.`, [section(prose(`No running ${about}${lying}.`)), ...fallen(down), ...unheard(missing)]);
  return message(`${counted(rows.length, "container")}, the fullest is ${formatTarget(first.target)}: ${percent(first.reading)}${lying}`, [
    header("Memory against limits"),
    ...fallen(down),
    ...lines(rows.slice(0, SHOWN).map(row)),
    rows.length > SHOWN
      ? context(`And ${counted(rows.length - SHOWN, "more container")}, which use less. Narrow it: ${code("/oom top <part of a name>")}`)
      : undefined,
    ...unheard(missing),
  ]);
}

function narrowed({ filter, selector }: { readonly filter?: string; readonly selector?: string }): string {
  if (selector !== undefined) return `pods with the labels "${selector.slice(0, 40)}"`;
  return filter === undefined ? "containers" : `containers with "${filter.slice(0, 40)}" in their name`;
}

function row({ target, reading, again }: Row): string {
  const { usageBytes, limitBytes, startedAtMs } = reading;
  const restarts = restartsInWords(again, startedAtMs, time);
  const anew = restarts === "" ? "" : `, ${restarts}`;
  if (limitBytes === undefined) return `▫️ ${code(formatTarget(target), 120)} ${formatBytes(usageBytes)}, no limit${anew}`;
  const share = usageBytes / limitBytes;
  const filled = Math.min(CELLS, Math.round(share * CELLS));
  return `${mark(share)} \`${"█".repeat(filled)}${"░".repeat(CELLS - filled)}\` ${percent(reading)} ${code(formatTarget(target), 120)} ${formatBytes(usageBytes)} of ${formatBytes(limitBytes)}${anew}`;
}

function fallen(down: readonly DownContainer[]) {
  const shown = down.slice(0, DOWN_SHOWN).map((one) => `⛔ ${code(formatTarget(one.target), 120)} ${inWords(one)}`);
  const more = down.length - shown.length;
  return [
    ...lines(shown),
    more > 0 ? context(`And ${counted(more, "more container")} not running. Narrow it: ${code("/oom top <part of a name>")}`) : undefined,
  ];
}

/** Its time is Slack's own markup, which stays as it is. */
function inWords(one: DownContainer): string {
  const [before = "", after] = howItIsDown(one, () => AT).split(AT);
  return after === undefined ? prose(before) : `${prose(before)} ${time(one.lastEnd?.atMs ?? 0)}${prose(after)}`;
}

const AT = "\u0000";

function percent({ usageBytes, limitBytes }: MemoryReading): string {
  return limitBytes === undefined ? formatBytes(usageBytes) : `${Math.round((100 * usageBytes) / limitBytes)}%`;
}

function mark(share: number): string {
  if (share >= PRESSURE_SETTINGS.criticalAt) return "🔴";
  return share >= PRESSURE_SETTINGS.warningAt ? "🟡" : "🟢";
}

function unheard(missing: readonly { readonly source: string; readonly because: string }[]) {
  return missing.map(({ source, because }) =>
    context(`⚠️ ${code(source)} does not answer, so what was last read there is shown: ${prose(because)}`),
  );
}
