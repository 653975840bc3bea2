import { createPlanner } from "../actions/index.ts";
import type { Plan } from "../domain/plan.ts";
import { formatTarget } from "../domain/target.ts";
import { asParams, readActionParams, typedParams, type GivenParams } from "./action-params.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { findTarget } from "./find-target.ts";
import type { Io } from "./io.ts";
import { chooseAction, openActions } from "./open-actions.ts";
import { printable } from "./printable.ts";
import { terminalLog } from "./terminal-log.ts";

export type PlanOptions = GivenParams & {
  readonly action: string;
  readonly target: string;
  readonly json?: true;
  readonly config?: string;
};

/** `oomph plan <action> <target>`: what an action would do now. It is asked for, approved and done in Slack only. */
export async function planAction(options: PlanOptions, io: Io): Promise<ExitCode> {
  const params = readActionParams(options);
  const log = terminalLog(io);
  const sources = await io.sources();
  const found = await findTarget(options.target, { sources, configFile: options.config, log });
  const { actions, close } = openActions(found, { sources, log });
  try {
    const planner = createPlanner(actions);
    const actionId = chooseAction(options.action, planner.actions, found.target);
    const planned = await planner.plan(actionId, found.target, asParams(params));
    if (planned.kind === "refused") {
      const { kind, because } = planned;
      io.err(`oomph: refused: ${printable(because)}\n`);
      if (options.json === true) io.out(inJson({ kind, action: actionId, target: formatTarget(found.target), because }));
      return EXIT.refused;
    }
    io.out(options.json === true ? inJson({ kind: "plan", ...planned.plan }) : render(planned.plan, typedParams(params)));
    return EXIT.ok;
  } finally {
    await close();
  }
}

function inJson(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

function render(plan: Plan, typed: string): string {
  const lines = [
    plan.summary,
    `${plan.actionId} on ${formatTarget(plan.target)}, risk: ${plan.risk}`,
    "",
    "What changes:",
    ...plan.changes.map(({ what, before, after }) => `  - ${what}: ${before} → ${after}`),
    ...section("Who and what is touched:", plan.blastRadius),
    ...section("Know before you agree:", plan.warnings),
    "",
    `Way back: ${plan.wayBack}`,
    ...(plan.confirm === undefined ? [] : [`To be typed by the approver: ${plan.confirm}`]),
    "",
    `Nothing has been done. Ask for it in Slack: /oom run ${plan.actionId} ${formatTarget(plan.target)}${typed}`,
  ];
  return printable(`${lines.join("\n")}\n`);
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", title, ...lines.map((line) => `  - ${line}`)];
}
