// What people put between the words of a key's name.
const SEPARATORS = /[:/|.]/;
const MAX_DEPTH = 4;
// A group is told apart further only while a few parts of it hold most of it: else each user would be a prefix.
const SUBGROUP_SHARE = 0.1;
const SUBGROUPS_HOLD = 0.8;

/** Keys by the words that their names begin with. `prefix` is "" for names that have nothing in common. */
export type Group<Key> = { readonly prefix: string; readonly members: readonly Key[] };

/** Groups a sample by prefix (`dedup:fingerprint:`), the largest group first; each key is in exactly one. */
export function groupByPrefix<Key extends { readonly key: string }>(keys: readonly Key[]): readonly Group<Key>[] {
  return [...groupAt(keys, 1).entries()]
    .flatMap(([prefix, members]) => splitUp({ prefix, members }, 2))
    .toSorted((left, right) => right.members.length - left.members.length);
}

function splitUp<Key extends { readonly key: string }>(group: Group<Key>, depth: number): readonly Group<Key>[] {
  if (depth > MAX_DEPTH || group.prefix === "") return [group];
  const parts = [...groupAt(group.members, depth).entries()].filter(([prefix]) => prefix !== group.prefix);
  const large = parts.filter(([, members]) => members.length >= group.members.length * SUBGROUP_SHARE);
  const held = large.reduce((sum, [, members]) => sum + members.length, 0);
  if (held < group.members.length * SUBGROUPS_HOLD) return [group];
  const split = new Set(large.map(([prefix]) => prefix));
  const rest = group.members.filter(({ key }) => !split.has(prefixOf(key, depth)));
  const deeper = large.flatMap(([prefix, members]) => splitUp({ prefix, members }, depth + 1));
  return rest.length === 0 ? deeper : [...deeper, { prefix: group.prefix, members: rest }];
}

function groupAt<Key extends { readonly key: string }>(keys: readonly Key[], depth: number): Map<string, Key[]> {
  const groups = new Map<string, Key[]>();
  for (const key of keys) {
    const prefix = prefixOf(key.key, depth);
    const group = groups.get(prefix);
    if (group === undefined) groups.set(prefix, [key]);
    else group.push(key);
  }
  return groups;
}

/** The first `depth` words with what separates them, up to the first that looks like an id. */
function prefixOf(key: string, depth: number): string {
  let end = 0;
  for (let words = 0; words < depth; words += 1) {
    const separator = key.slice(end).search(SEPARATORS);
    if (separator === -1) break;
    if (looksLikeId(key.slice(end, end + separator))) return key.slice(0, end);
    end += separator + 1;
  }
  return end === 0 ? leadingWord(key) : key.slice(0, end);
}

/** `key000123` and `test-run-77` → `key`, `test-run-`: for names without separators. */
function leadingWord(key: string): string {
  const word = /^[\p{L}_-]{2,40}(?=\d)/u.exec(key)?.[0] ?? /^[\p{L}]{2,40}[_-]/u.exec(key)?.[0] ?? "";
  return looksLikeId(word) ? "" : word;
}

function looksLikeId(word: string): boolean {
  const digits = word.replaceAll(/\D/g, "").length;
  return (
    word === "" ||
    word.startsWith("{") ||
    /^\d+$/.test(word) ||
    /^[0-9a-f-]{12,}$/i.test(word) ||
    (word.length >= 8 && digits >= word.length / 3)
  );
}
