import { formatDuration } from "../domain/duration.ts";
import type { StepProgress } from "../domain/evidence.ts";
import type { Io } from "./io.ts";
import { printable } from "./printable.ts";

/**
 * Shows the steps on standard error: a list that is redrawn in place on a terminal, else one line for each step that has
 * ended.
 */
export function showProgress(io: Io, title: string): (steps: readonly StepProgress[]) => void {
  io.err(`${title}\n`);
  return io.isTerminal ? redrawn(io) : oneByOne(io);
}

function redrawn(io: Io): (steps: readonly StepProgress[]) => void {
  let height = 0;
  return (steps) => {
    const up = height === 0 ? "" : `\u001B[${height}A`;
    const lines = steps.map((step) => `\u001B[2K${cut(lineOf(step), io.columns)}\n`);
    io.err(`${up}${lines.join("")}`);
    height = steps.length;
  };
}

function oneByOne(io: Io): (steps: readonly StepProgress[]) => void {
  const told = new Set<string>();
  return (steps) => {
    const ended = steps.filter(({ step, state }) => !told.has(step) && state.kind !== "waiting" && state.kind !== "running");
    for (const step of ended) {
      told.add(step.step);
      io.err(`${lineOf(step)}\n`);
    }
  };
}

function lineOf({ title, state }: StepProgress): string {
  switch (state.kind) {
    case "waiting":
      return `  · ${title}`;
    case "running":
      return `  … ${title}`;
    case "done":
      return `  ✓ ${title} (${formatDuration(state.tookMs)})`;
    case "skipped":
      return `  - ${title}: skipped, ${oneLine(state.because)}`;
    case "failed":
      return `  ✗ ${title} (${formatDuration(state.tookMs)}): ${oneLine(state.because)}`;
  }
}

/** A wrapped line would be two, and the list would be redrawn in the wrong place. */
function cut(line: string, columns: number): string {
  return line.length < columns ? line : `${line.slice(0, Math.max(1, columns - 2))}…`;
}

function oneLine(text: string): string {
  return printable(text.replaceAll(/\s+/g, " "));
}
