import { formatDuration } from "../domain/duration.ts";
import type { Diagnosis, Finding, Reason } from "../domain/finding.ts";
import type { StepFailure } from "../domain/evidence.ts";
import type { Json } from "../domain/json.ts";
import { formatTarget, type Target } from "../domain/target.ts";
import type { RunbookOutcome } from "../runbooks/run-runbook.ts";
import { adviceLine } from "./advice-line.ts";
import { printable } from "./printable.ts";
import { table } from "./table.ts";

export type FinishedInvestigation = {
  readonly target: Target;
  readonly runbookId: string;
  readonly startedAtMs: number;
  readonly tookMs: number;
  readonly outcome: RunbookOutcome;
};

// Acting takes approvals, which are given in Slack.
const PLAN_FIRST =
  "`oomph plan` in the place of `oomph run` only says what it would do; to do it takes Slack, where another person approves.";
const BY_NAME =
  "To ask for one: name this Redis in oomph.yaml, then oomph run ACTION TARGET --PARAM VALUE, or /oom run in Slack, where it is approved";

/** For scripts. Keys are stable; verdict, confidence, for, against and advice are those of `explain` too. */
export function investigationJson({ target, runbookId, startedAtMs, tookMs, outcome }: FinishedInvestigation): Json {
  const { finding, hypotheses, summary, suspects, claim, furtherSteps } = outcome.diagnosis;
  return {
    kind: "investigation",
    target: formatTarget(target),
    runbook: runbookId,
    startedAt: new Date(startedAtMs).toISOString(),
    tookMs,
    reached: outcome.kind === "done",
    ...findingJson(finding),
    hypotheses: hypotheses.map(findingJson),
    summary,
    suspects: suspects ?? null,
    claim: claim ?? null,
    furtherSteps,
    failures: outcome.kind === "done" ? outcome.failures : [],
    evidence: outcome.kind === "done" ? outcome.evidence : [],
  };
}

/** For people: the verdict first, then what to do, then why. */
export function renderInvestigation({ target, tookMs, outcome }: FinishedInvestigation): string {
  const { diagnosis } = outcome;
  const failures = outcome.kind === "done" ? outcome.failures : [];
  const sections = [
    `${diagnosis.finding.headline}\n${verdictLine(diagnosis.finding)} · ${formatTarget(target)} · ${formatDuration(tookMs)}`,
    section("Recommended actions", [...recommended(diagnosis, target), ...diagnosis.furtherSteps]),
    section("For", diagnosis.finding.for.map(says)),
    section("Against", diagnosis.finding.against.map(says)),
    section(
      "Root cause hypotheses",
      diagnosis.hypotheses.map((other) => `${verdictLine(other)}: ${other.headline}`),
    ),
    evidenceSummary(diagnosis),
    suspects(diagnosis),
    section("Could not be read", gaps(failures)),
  ];
  return printable(`\n${sections.filter((text) => text !== "").join("\n\n")}\n`);
}

/** What keeps several steps from looking is said once. */
function gaps(failures: readonly StepFailure[]): readonly string[] {
  const reasons = [...new Set(failures.map(({ because }) => because))];
  return reasons.map((because) => {
    const steps = failures.filter((one) => one.because === because).map(({ step }) => step);
    return `${steps.join(", ")}: ${because}`;
  });
}

function findingJson({ verdict, headline, confidence, advice, ...finding }: Finding): { readonly [key: string]: Json } {
  return {
    verdict,
    headline,
    confidence,
    for: finding.for.map(says),
    against: finding.against.map(says),
    advice: advice.map(({ actionId, params, why }) => ({ actionId, params, why })),
  };
}

function verdictLine({ verdict, confidence }: Finding): string {
  return `${verdict}, confidence ${Math.round(confidence * 100)}%`;
}

/** As commands to copy. A Redis that was given by its URL is not known to the process that acts. */
function recommended({ finding }: Diagnosis, target: Target): readonly string[] {
  const isByUrl = target.kind === "redis" && target.name.includes(":");
  const lines = finding.advice.map((advice) => adviceLine(advice, isByUrl ? undefined : formatTarget(target)));
  if (lines.length === 0) return [];
  return [...lines, isByUrl ? BY_NAME : PLAN_FIRST];
}

function evidenceSummary({ summary }: Diagnosis): string {
  if (summary.length === 0) return "";
  return `Evidence summary:\n${table(summary.map(({ label, value }) => [label, value]))}`;
}

function suspects(diagnosis: Diagnosis): string {
  if (diagnosis.suspects === undefined || diagnosis.suspects.rows.length === 0) return "";
  const { title, columns, rows } = diagnosis.suspects;
  return `${title}:\n${table([columns, ...rows])}`;
}

function says(reason: Reason): string {
  return reason.says;
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : [`${title}:`, ...lines.map((line) => `  - ${line}`)].join("\n");
}
