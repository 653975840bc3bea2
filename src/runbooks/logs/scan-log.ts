import { maskSecrets } from "../../domain/mask-secrets.ts";
import type { LogTail } from "../../ports/containers.ts";
import { LOG_PATTERNS, TELLTALE, type LogPattern, type UserPattern } from "./log-patterns.ts";
import { matchWithinTime } from "./match-within-time.ts";
import type { Logs, PatternHits } from "./schema.ts";

type Line = LogTail["lines"][number];

// What stands beyond this in a line is not looked at: a line of megabytes is data, not a message.
const MAX_LINE = 2_000;
const MAX_SAMPLE = 240;

/** Counts named patterns in the tail of a log. A line is counted once per pattern, the vaguer ones only where no other fits. */
export function scanLog({ lines, truncated }: LogTail, userPatterns: readonly UserPattern[] = []): Logs {
  const hits = new Map<string, PatternHits>();
  for (const line of lines) {
    const text = line.text.slice(0, MAX_LINE);
    if (!TELLTALE.test(text)) continue;
    const found = LOG_PATTERNS.find(({ pattern }) => pattern.test(text));
    if (found !== undefined) count(hits, found, [{ ...line, text }]);
  }
  const givenUp: string[] = [];
  const texts = userPatterns.length === 0 ? [] : lines.map(({ text }) => text.slice(0, MAX_LINE));
  for (const { name, pattern } of userPatterns) {
    const matched = matchWithinTime(pattern, texts);
    if (matched.kind === "given-up") givenUp.push(name);
    else
      count(
        hits,
        { name, kind: "user" },
        matched.lines.flatMap((at) => lines[at] ?? []),
      );
  }
  const [first, last] = [lines[0], lines.at(-1)];
  return {
    lines: lines.length,
    truncated,
    ...(first === undefined ? {} : { fromMs: first.atMs }),
    ...(last === undefined ? {} : { toMs: last.atMs }),
    patterns: [...hits.values()],
    givenUp,
  };
}

function count(
  hits: Map<string, PatternHits>,
  { name, kind, of }: Pick<LogPattern, "name" | "of"> & { readonly kind: PatternHits["kind"] },
  lines: readonly Line[],
): void {
  const [first, last] = [lines[0], lines.at(-1)];
  if (first === undefined || last === undefined) return;
  const before = hits.get(name);
  hits.set(name, {
    name,
    kind,
    ...(of === undefined ? {} : { of }),
    count: (before?.count ?? 0) + lines.length,
    firstAtMs: before?.firstAtMs ?? first.atMs,
    lastAtMs: last.atMs,
    sample: sampleOf(last.text),
  });
}

function sampleOf(text: string): string {
  const masked = maskSecrets(text.slice(0, MAX_LINE))
    .replaceAll(/\p{C}+/gu, " ")
    .trim();
  return masked.length <= MAX_SAMPLE ? masked : `${masked.slice(0, MAX_SAMPLE - 1)}…`;
}
