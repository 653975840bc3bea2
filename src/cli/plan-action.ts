import { createPlanner } from "../actions/index.ts";
import type { Plan } from "../domain/plan.ts";
import { formatTarget } from "../domain/target.ts";
import { asParams, readActionParams, typedParams, type GivenParams } from "./action-params.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { findTarget } from "./find-target.ts";
import type { Io } from "./io.ts";
import { chooseAction, openActions } from "./open-actions.ts";
import { printable } from "./printable.ts";
import { renderPlan } from "./render-plan.ts";
import { shellWord } from "./shell-word.ts";
import { terminalLog } from "./terminal-log.ts";

export type PlanOptions = GivenParams & {
  readonly action: string;
  readonly target: string;
  readonly json?: true;
  readonly config?: string;
};

/** `oomph plan <action> <target>`: what an action would do now. Nothing is asked for: that is `oomph run`. */
export async function planAction(options: PlanOptions, io: Io): Promise<ExitCode> {
  const params = readActionParams(options);
  const log = terminalLog(io);
  const sources = await io.sources();
  const found = await findTarget(options.target, { sources, configFile: options.config, log });
  const { actions, close } = await openActions(found, { sources, log });
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
    io.out(options.json === true ? inJson({ kind: "plan", ...planned.plan }) : renderPlan(planned.plan) + howToAsk(planned.plan, params));
    return EXIT.ok;
  } finally {
    await close();
  }
}

function inJson(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** The same line for the shell and for Slack. */
function howToAsk({ actionId, target }: Plan, params: readonly (readonly [string, string])[]): string {
  const what = `${actionId} ${formatTarget(target)}`;
  const inShell = params.map(([name, value]) => ` --${name} ${shellWord(value)}`).join("");
  return printable(
    `\nNothing has been done. To ask for it:\n  oomph run ${what}${inShell}\n  /oom run ${what}${typedParams(params)}   (in Slack)\n`,
  );
}
