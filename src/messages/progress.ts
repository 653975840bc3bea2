import { counted } from "../domain/count.ts";
import { formatDuration } from "../domain/duration.ts";
import type { StepProgress } from "../domain/evidence.ts";
import type { Message } from "../domain/message.ts";
import { formatTarget, type Target } from "../domain/target.ts";
import { message, lines } from "./kit.ts";
import { code, prose } from "./words.ts";

/** What an investigation is doing: a line per step, edited in place. */
export function progressMessage(facts: { readonly target: Target; readonly steps: readonly StepProgress[] }): Message {
  const { target, steps } = facts;
  const done = steps.filter(({ state: { kind } }) => kind !== "waiting" && kind !== "running").length;
  const heading = steps.every((step) => step.state.kind === "failed") ? "Could not look at" : title(done, steps.length);
  const name = formatTarget(target);
  return message(`${heading}: ${name}, ${done} of ${counted(steps.length, "step")} done`, [
    ...lines([`*${heading}: ${code(name)}*`, ...steps.map(stepLine)]),
  ]);
}

function title(done: number, all: number): string {
  return done === all && all > 0 ? "Looked at" : "Looking at";
}

function stepLine({ title: stepTitle, state }: StepProgress): string {
  switch (state.kind) {
    case "waiting":
      return `▫️ ${prose(stepTitle)}`;
    case "running":
      return `⏳ ${prose(stepTitle)} …`;
    case "done":
      return `✅ ${prose(stepTitle)} · done in ${formatDuration(state.tookMs)}`;
    case "skipped":
      return `➖ ${prose(stepTitle)} · skipped: ${prose(state.because)}`;
    case "failed":
      return `❌ ${prose(stepTitle)} · failed after ${formatDuration(state.tookMs)}: ${prose(state.because)}`;
  }
}
