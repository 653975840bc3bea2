/** What alerts of one incident had as labels: of each name all values, within bounds, and `NO_VALUE` where some had none. */
export type HeardLabels = Readonly<Record<string, readonly string[]>>;

/** Stands among a label's values for alerts without it: to senders an empty label is none. */
export const NO_VALUE = "";

// What is more than this tells nobody what an incident is about; the first are kept.
const MOST_LABELS = 40;
const MOST_VALUES = 16;
const MOST_CHARACTERS = 200;

/** The labels with those of another alert. The very same object where they say nothing new. */
export function withLabels(known: HeardLabels, more: HeardLabels): HeardLabels {
  const all = new Map(Object.entries(known));
  const isFirst = all.size === 0;
  let isNew = false;
  for (const [name, values] of [...Object.entries(more), ...missingIn(more, known)]) {
    const had = all.get(name);
    if (had === undefined && (all.size >= MOST_LABELS || name.length > MOST_CHARACTERS)) continue;
    const short = values.map((value) => value.slice(0, MOST_CHARACTERS));
    const before = had ?? (isFirst ? [] : [NO_VALUE]);
    const together = withValues(before, short);
    if (together.length === (had?.length ?? 0)) continue;
    all.set(name, together);
    isNew = true;
  }
  return isNew ? Object.fromEntries(all) : known;
}

/** What earlier alerts had and these have not. */
function missingIn(more: HeardLabels, known: HeardLabels): readonly (readonly [string, readonly string[]])[] {
  const names = Object.keys(more).length === 0 ? [] : Object.keys(known);
  return names.filter((name) => !Object.hasOwn(more, name)).map((name) => [name, [NO_VALUE]]);
}

/** That some have none is kept, however many values there are. */
function withValues(had: readonly string[], more: readonly string[]): readonly string[] {
  const all = [...new Set([...had, ...more])];
  const values = all.filter((value) => value !== NO_VALUE).slice(0, MOST_VALUES);
  return all.includes(NO_VALUE) ? [NO_VALUE, ...values] : values;
}
