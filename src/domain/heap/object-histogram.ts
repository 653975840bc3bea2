import { parseBytes } from "../bytes.ts";

/** What a heap holds by class of object, or by the line that made it. */
export type ObjectHistogram = readonly ObjectKind[];

export type ObjectKind = {
  /** `[B (java.base)`, `/app/orders.py:12`, `dict` */
  readonly name: string;
  readonly count: number;
  /** Absent: only counted. */
  readonly bytes?: number;
};

export type ObjectGrowth = ObjectKind & { readonly grownCount: number; readonly grownBytes?: number };

type Reader = (line: string) => ObjectKind | undefined;

// `   1:   12345   1234567  [B (java.base@17.0.1)`: the JVM's GC.class_histogram and jmap -histo.
const JVM = /^\s*\d+:\s+(\d+)\s+(\d+)\s+(\S.*)$/;
// `/app/orders.py:12: size=4321 KiB (+10 KiB), count=123 (+1), average=35 B`: Python's tracemalloc.
const TRACEMALLOC = /^\s*(\S.*?:\d+): size=(\d+(?:\.\d+)?\s*[KMGT]?i?B)(?: \([^)]*\))?, count=(\d+)\b/;
// `1048576 12 name` and `12 name`: what is simple to print.
const PLAIN = /^\s*(\d+)[ \t,]+(?:(\d+)[ \t,]+)?(\S.*)$/;

const READERS: readonly Reader[] = [ofJvm, ofTracemalloc, ofPlain];
const MOST_KINDS = 20_000;
const LEAST_SHARE_READ = 0.5;

/**
 * A histogram as a JVM, Python's tracemalloc or a program of one's own prints it: lines of `bytes count name`, or of
 * `count name`. Largest first. Undefined: it is none.
 */
export function readHistogram(text: string): ObjectHistogram | undefined {
  const lines = text.split("\n", MOST_KINDS).filter((line) => line.trim() !== "");
  for (const read of READERS) {
    const kinds = lines.flatMap((line) => read(line) ?? []);
    // Headings and a sum stand around it.
    if (kinds.length > 0 && kinds.length >= (lines.length - 5) * LEAST_SHARE_READ) return summed(kinds);
  }
  return undefined;
}

/** What came since an earlier one, what grew most first; what there is no more of is left out. */
export function compareHistograms(before: ObjectHistogram, after: ObjectHistogram): readonly ObjectGrowth[] {
  const known = new Map(before.map((kind) => [kind.name, kind]));
  return after
    .map((kind): ObjectGrowth => {
      const earlier = known.get(kind.name);
      const grownBytes = kind.bytes === undefined ? undefined : kind.bytes - (earlier?.bytes ?? 0);
      return { ...kind, grownCount: kind.count - (earlier?.count ?? 0), ...(grownBytes === undefined ? {} : { grownBytes }) };
    })
    .toSorted((a, b) => (b.grownBytes ?? 0) - (a.grownBytes ?? 0) || b.grownCount - a.grownCount);
}

function ofJvm(line: string): ObjectKind | undefined {
  const [, count, bytes, name] = JVM.exec(line) ?? [];
  return name === undefined ? undefined : { name: name.trim().replace(/@[\w.+-]+\)$/, ")"), count: Number(count), bytes: Number(bytes) };
}

function ofTracemalloc(line: string): ObjectKind | undefined {
  const [, name, size = "", count] = TRACEMALLOC.exec(line) ?? [];
  const bytes = parseBytes(size);
  return name === undefined || bytes === undefined ? undefined : { name, count: Number(count), bytes };
}

function ofPlain(line: string): ObjectKind | undefined {
  const [, first, second, name] = PLAIN.exec(line) ?? [];
  if (name === undefined) return undefined;
  return second === undefined ? { name, count: Number(first) } : { name, count: Number(second), bytes: Number(first) };
}

function summed(kinds: readonly ObjectKind[]): ObjectHistogram {
  const byName = new Map<string, ObjectKind>();
  for (const kind of kinds) {
    const { count = 0, bytes = 0 } = byName.get(kind.name) ?? {};
    const sum = { name: kind.name, count: count + kind.count };
    byName.set(kind.name, kind.bytes === undefined ? sum : { ...sum, bytes: bytes + kind.bytes });
  }
  return [...byName.values()].toSorted((a, b) => (b.bytes ?? 0) - (a.bytes ?? 0) || b.count - a.count);
}
