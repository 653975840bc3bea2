import { lookUpTarget } from "../commands/find-target.ts";
import { startOf } from "../commands/investigate.ts";
import type { ActionRequest, Shell } from "../domain/action-request.ts";
import { OomphError } from "../domain/errors.ts";
import { formatTarget, type Target } from "../domain/target.ts";
import { requestAction, type Requested } from "../incidents/request-action.ts";
import { asParams, readActionParams, type GivenParams } from "./action-params.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { catchInterrupts } from "./interrupts.ts";
import type { Io } from "./io.ts";
import { chooseAction } from "./open-actions.ts";
import { printable } from "./printable.ts";
import { renderPlan } from "./render-plan.ts";
import { openRequestDesk, requireProcess, serviceConfig, type RequestDesk } from "./request-desk.ts";
import { askedWords } from "./request-words.ts";
import { sayCardLink, seeToEnd, standingJson } from "./see-to-end.ts";
import { readStanding } from "./standing.ts";
import { whoAsks } from "./who-asks.ts";

export type RunOptions = GivenParams & {
  readonly action: string;
  readonly target: string;
  readonly reason?: string;
  /** False: asked for, and not followed. */
  readonly wait: boolean;
  readonly json?: true;
  readonly config?: string;
};

const LONGEST_REASON = 500;
const CARD_WITHIN_MS = 5_000;
const NO_CARD =
  "oomph: its card has not arrived in Slack yet. Oomph keeps trying; if none comes, the process that runs may have another database than this command.\n";

/**
 * `oomph run <action> <target>`: asks for an action as `/oom run` does, in the name of who sits here. Another person
 * approves it in Slack, Oomph's process carries it out, and this says what becomes of it.
 */
export async function run(options: RunOptions, io: Io): Promise<ExitCode> {
  const params = asParams(readActionParams(options));
  const reason = readReason(options.reason);
  const config = serviceConfig(await io.sources(), options.config);
  const who = whoAsks(config.logins);
  if (who.kind === "unknown") return refuse(who.because, options, io);
  const desk = await openRequestDesk(config, io);
  try {
    await requireProcess(desk, io);
    const requested = await ask(desk, options, { ...who, params, ...reason });
    if (requested.kind === "refused") return refuse(requested.because, options, io);
    return await report(desk, { request: requested.request, wait: options.wait, json: options.json === true }, io);
  } finally {
    await desk.close();
  }
}

type Wish = { readonly userId: string; readonly shell: Shell; readonly params: Readonly<Record<string, string>> } & Pick<
  ActionRequest,
  "reason"
>;

async function ask(desk: RequestDesk, { action, target: typed }: RunOptions, { userId, shell, params, reason }: Wish): Promise<Requested> {
  const target = await findTarget(desk, typed);
  const start = startOf(desk, target);
  return requestAction(desk.desk, {
    actionId: chooseAction(action, desk.desk.planner.actions, target),
    target,
    params,
    userId,
    shell,
    ...(reason === undefined ? {} : { reason }),
    ...(start === undefined ? {} : { opening: { ...start, channel: desk.config.slack.incidentChannel } }),
  });
}

/** What is configured for the process: a target that only this command line can see is none of its. */
async function findTarget({ desk }: RequestDesk, typed: string): Promise<Target> {
  const found = await lookUpTarget(typed, desk.targets);
  if (found.kind === "found") return found.target;
  if (found.kind === "several")
    throw new OomphError(
      "bad-input",
      `${JSON.stringify(typed.slice(0, 60))} is not the whole name of a target: write one of ${found.targets.slice(0, 10).map(formatTarget).join(", ")}`,
    );
  const there = found.there.length === 0 ? "none is configured" : `there is ${found.there.join(", ")}`;
  throw new OomphError(
    "not-found",
    `${found.because}: ${found.nearest.length === 0 ? there : `did you mean ${found.nearest.join(" or ")}?`}`,
  );
}

type Reporting = { readonly request: ActionRequest; readonly wait: boolean; readonly json: boolean };

async function report(desk: RequestDesk, { request, wait, json }: Reporting, io: Io): Promise<ExitCode> {
  const interrupts = catchInterrupts(); // from here on nothing that is done here matters to the request
  try {
    if (!json) io.out(`${renderPlan(request.plan)}\n${printable(`${askedWords({ request }, desk).join("\n")}\n`)}`);
    const looking = { requestId: request.id, withinMs: CARD_WITHIN_MS, signal: interrupts.signal, silent: json };
    const link = await sayCardLink(desk, looking, io);
    if (link === undefined) io.err(NO_CARD);
    if (wait) return await seeToEnd(desk, { requestId: request.id, link, json, interrupts }, io);
    if (json) io.out(await standingJson(desk, await readStanding(desk.desk.store, request.id), link));
    return EXIT.ok;
  } finally {
    interrupts.ignoreNoMore();
  }
}

function refuse(because: string, { action, target, json }: RunOptions, io: Io): ExitCode {
  io.err(`oomph: refused: ${printable(because)}\n`);
  if (json === true) io.out(`${JSON.stringify({ kind: "refused", action, target, because }, null, 2)}\n`);
  return EXIT.refused;
}

function readReason(typed: string | undefined): Pick<ActionRequest, "reason"> {
  const reason = typed?.trim() ?? "";
  if (reason.length > LONGEST_REASON)
    throw new OomphError("bad-input", `--reason expected at most ${LONGEST_REASON} characters, got ${reason.length}`);
  return reason === "" ? {} : { reason };
}
