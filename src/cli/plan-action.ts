import type { Action } from "../actions/action.ts";
import { createPlanner } from "../actions/index.ts";
import { loadCommandLineConfig, type Config, type Sources } from "../config.ts";
import { OomphError } from "../domain/errors.ts";
import type { Plan } from "../domain/plan.ts";
import { formatTarget } from "../domain/target.ts";
import type { Log } from "../ports/log.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { findTarget, type FoundRedis, type FoundTarget } from "./find-target.ts";
import type { Io } from "./io.ts";
import { printable } from "./printable.ts";
import { terminalLog } from "./terminal-log.ts";

export type PlanOptions = {
  readonly action: string;
  readonly target: string;
  /** `name=value` each. */
  readonly param: readonly string[];
  readonly json?: true;
  readonly config?: string;
};

/** `oomph plan <action> <target>`: what an action would do now. It is asked for, approved and done in Slack only. */
export async function planAction(options: PlanOptions, io: Io): Promise<ExitCode> {
  const params = readParams(options.param);
  const log = terminalLog(io);
  const sources = await io.sources();
  const found = await findTarget(options.target, { sources, configFile: options.config, log });
  const { actions, close } = await actionsFor(found, { sources, log });
  try {
    const planned = await createPlanner(actions).plan(options.action, found.target, params);
    if (planned.kind === "refused") {
      io.err(`oomph: refused: ${printable(planned.because)}\n`);
      return EXIT.refused;
    }
    io.out(options.json === true ? `${JSON.stringify(planned.plan, null, 2)}\n` : render(planned.plan, options.param.map(readParam)));
    return EXIT.ok;
  } finally {
    close();
    if (found.kind === "docker") await found.hosts.close();
  }
}

/** As `/oom run` reads them: `set` and `unset` may be given several times, each a line of its own. */
function readParams(given: readonly string[]): Readonly<Record<string, string>> {
  const params = new Map<string, string>();
  for (const [name, value] of given.map(readParam)) {
    const before = params.get(name);
    if (before !== undefined && name !== "set" && name !== "unset") throw new OomphError("bad-input", `--param ${name} is given twice`);
    params.set(name, before === undefined ? value : `${before}\n${value}`);
  }
  return Object.fromEntries(params);
}

function readParam(text: string): readonly [string, string] {
  const equals = text.indexOf("=");
  if (equals < 1) throw new OomphError("bad-input", `--param expected name=value, got ${JSON.stringify(text)}`);
  return [text.slice(0, equals), text.slice(equals + 1)];
}

/** What one kind of target needs is loaded only for that kind. */
async function actionsFor(
  found: FoundTarget,
  { sources, log }: { readonly sources: Sources; readonly log: Log },
): Promise<{ readonly actions: readonly Action[]; close(): void }> {
  if (found.kind === "docker") {
    const { containerActions } = await import("../wiring/container-actions.ts");
    return containerActions(found.config, found.hosts);
  }
  const { redisParts } = await import("../wiring/redis.ts");
  // A plan changes nothing, so that the Redis of Oomph's own queue need not be told apart here: the service does, before it acts.
  const { actions } = redisParts(configFor(found, sources), { log, ownRedis: () => Promise.resolve(["not looked up for a plan"]) });
  return { actions, close: () => undefined };
}

/** A Redis that is given by its URL stands in no configuration. */
function configFor({ connections, censusMs }: FoundRedis, sources: Sources): Config {
  const configured = loadCommandLineConfig(sources);
  const loaded = configured.kind === "ok" ? configured : loadCommandLineConfig({ env: {}, readFile: missing });
  if (loaded.kind === "invalid") throw new OomphError("internal", "an empty configuration is refused");
  return { ...loaded.config, redis: { connections, censusMs } };
}

function missing(): never {
  throw Object.assign(new Error("there is no file"), { code: "ENOENT" });
}

function render(plan: Plan, params: readonly (readonly [string, string])[]): string {
  const typed = params.map(([name, value]) => ` --${name} ${/\s/.test(value) ? JSON.stringify(value) : value}`).join("");
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
