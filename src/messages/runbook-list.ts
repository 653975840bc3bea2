import { dashed } from "../domain/dashed.ts";
import type { Message } from "../domain/message.ts";
import type { ActionDoc } from "../domain/plan.ts";
import { context, header, message, titled } from "./kit.ts";
import { RISKS } from "./report.ts";
import { code, prose } from "./words.ts";

/** A runbook as people need to know it. */
export type RunbookDoc = {
  readonly id: string;
  readonly title: string;
  readonly targetKind: string;
  /** The classes of alerts that begin with it. Absent: it is what its kind of target gets otherwise. */
  readonly classes?: readonly string[];
  /** What is looked at, in order. */
  readonly steps: readonly string[];
};

// How a kind of target is written, where its name is not what stands in front.
const WRITTEN: Readonly<Record<string, string>> = { workload: "deploy/…" };

/** What Oomph knows how to look at, and what it can do about it. */
export function runbookList(facts: { readonly runbooks: readonly RunbookDoc[]; readonly actions: readonly ActionDoc[] }): Message {
  return message("What Oomph knows how to look at and to do", [
    header("Runbooks and actions"),
    ...titled(
      "Runbooks",
      facts.runbooks.map(
        (runbook) =>
          `• ${code(runbook.id)}: ${prose(runbook.title)}, ${runbook.steps.length} steps, for ${code(WRITTEN[runbook.targetKind] ?? `${runbook.targetKind}/…`)}${begunBy(runbook)}`,
      ),
    ),
    ...titled("Actions", facts.actions.map(actionLine)),
    context(`One runbook, step by step: ${code("/oom runbooks <id>")}`),
  ]);
}

/** One runbook, step by step. */
export function runbookDetail(facts: { readonly runbook: RunbookDoc; readonly actions: readonly ActionDoc[] }): Message {
  const { runbook } = facts;
  const fitting = facts.actions.filter((action) => action.targetKind === runbook.targetKind);
  return message(`${runbook.title}: ${runbook.steps.length} steps`, [
    header(runbook.title),
    ...titled(
      "What is looked at",
      runbook.steps.map((step, index) => `${index + 1}. ${prose(step)}`),
    ),
    ...titled("What can be done", fitting.map(actionLine)),
    context("Looking changes nothing. Whatever is done has been approved first."),
  ]);
}

function begunBy({ classes = [] }: RunbookDoc): string {
  return classes.length === 0 ? "" : `, begun by alerts of ${classes.map((each) => code(each)).join(", ")}`;
}

function actionLine(action: ActionDoc): string {
  const params = action.params.map(
    (param) => `${code(`--${dashed(param.name)}`)}${param.required ? "" : " (optional)"} ${prose(param.says)}`,
  );
  return [`• ${code(action.id)}: ${prose(action.title)}, ${RISKS[action.risk]}`, ...params.map((param) => `      ${param}`)].join("\n");
}
