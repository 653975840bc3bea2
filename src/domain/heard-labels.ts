/** What alerts of one incident had as labels: of each name all values, within bounds. */
export type HeardLabels = Readonly<Record<string, readonly string[]>>;

// What is more than this tells nobody what an incident is about; the first are kept.
const MOST_LABELS = 40;
const MOST_VALUES = 16;
const MOST_CHARACTERS = 200;

/** The labels with those of another alert. The very same object where they say nothing new. */
export function withLabels(known: HeardLabels, more: HeardLabels): HeardLabels {
  const all = new Map(Object.entries(known));
  let isNew = false;
  for (const [name, values] of Object.entries(more)) {
    const had = all.get(name);
    if (had === undefined && (all.size >= MOST_LABELS || name.length > MOST_CHARACTERS)) continue;
    const short = values.map((value) => value.slice(0, MOST_CHARACTERS));
    const together = [...new Set([...(had ?? []), ...short])].slice(0, MOST_VALUES);
    if (together.length === (had?.length ?? 0)) continue;
    all.set(name, together);
    isNew = true;
  }
  return isNew ? Object.fromEntries(all) : known;
}
