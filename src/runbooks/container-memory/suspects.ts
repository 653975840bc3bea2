import { formatBytes } from "../../domain/bytes.ts";
import { formatCount } from "../../domain/count.ts";
import type { Diagnosis } from "../../domain/finding.ts";
import { sizeOf } from "./count-processes.ts";
import { limitOf } from "./figures.ts";
import type { Picture } from "./picture.ts";
import type { PatternHits } from "../logs/schema.ts";
import type { ProgramGroup } from "../parts/schema.ts";
import { oneLine, percent } from "../words.ts";

const MAX_PROGRAMS = 6;
const MAX_PATTERNS = 4;

/** Processes by memory, and error texts by how often they came. What they say comes from outside: escape it where markup is read. */
export function suspectsIn(picture: Picture): Diagnosis["suspects"] {
  const programs = picture.census?.value.programs ?? [];
  const patterns = picture.logs?.value.patterns ?? [];
  if (programs.length === 0 && patterns.length === 0) return undefined;
  const limitBytes = limitOf(picture)?.bytes;
  return {
    title: "Processes by memory, and what the log says",
    columns: ["What", "Count", "Memory", "Of the limit", "Newest"],
    rows: [
      ...programs.slice(0, MAX_PROGRAMS).map((program) => programRow(program, limitBytes)),
      ...patterns
        .toSorted((left, right) => right.count - left.count)
        .slice(0, MAX_PATTERNS)
        .map(patternRow),
    ],
  };
}

function programRow(group: ProgramGroup, limitBytes: number | undefined): readonly string[] {
  const { program, role, count, pssBytes } = group;
  const size = sizeOf(group);
  const name = role === "single" ? program : `${program} ${role}`;
  const shown = size === 0 ? "?" : `${formatBytes(size)}${pssBytes === undefined ? " (RSS)" : ""}`;
  return [oneLine(name, 60), formatCount(count), shown, size === 0 || limitBytes === undefined ? "?" : percent(size / limitBytes), ""];
}

function patternRow({ name, count, sample }: PatternHits): readonly string[] {
  return [`Log: ${oneLine(name, 50)}`, formatCount(count), "", "", `\`${oneLine(sample, 120).replaceAll("`", "'")}\``];
}
