import { httpCheck } from "../adapters/http/http-check.ts";
import { createKeyValueServers } from "../adapters/redis/key-value-servers.ts";
import { randomIds } from "../adapters/system/random-ids.ts";
import { systemClock } from "../adapters/system/system-clock.ts";
import { fittingRunbook } from "../domain/fitting-runbook.ts";
import { parseDuration } from "../domain/duration.ts";
import { OomphError } from "../domain/errors.ts";
import { given } from "../domain/given.ts";
import { LOOK_BACK_EXPECTED, parseLookBack } from "../domain/look-back.ts";
import { formatTarget, type Target } from "../domain/target.ts";
import type { Log } from "../ports/log.ts";
import { sinceSays } from "../messages/started-note.ts";
import { redisMemoryRunbook } from "../runbooks/redis-memory/index.ts";
import { runRunbook } from "../runbooks/run-runbook.ts";
import type { Runbook } from "../runbooks/runbook.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { findTarget, type FoundTarget } from "./find-target.ts";
import type { Io } from "./io.ts";
import { showProgress } from "./progress.ts";
import { investigationJson, renderInvestigation, type FinishedInvestigation } from "./render-investigation.ts";
import { terminalLog } from "./terminal-log.ts";

export type InvestigateOptions = {
  readonly target: string;
  readonly json?: true;
  readonly census?: string;
  readonly since?: string;
  /** Id of a runbook, in the place of the one that the kind of target has. */
  readonly as?: string;
  readonly config?: string;
  /** End with 1 when there is a problem. */
  readonly exitCode?: true;
};

const LONGEST_CENSUS_MS = 60_000;

/** `oomph investigate <target>`: the same runbook as in Slack. Progress goes to standard error, the report to standard output. */
export async function investigate(options: InvestigateOptions, io: Io): Promise<ExitCode> {
  const askedCensusMs = readCensus(options.census);
  const backMs = readSince(options.since);
  const log = terminalLog(io);
  const found = await findTarget(options.target, { sources: await io.sources(), configFile: options.config, log });
  if (backMs !== undefined) io.err(`${sinceSays(found.target, backMs).replaceAll("`", "")}\n`);
  const { runbook, close } = await prepare(found, { log, askedCensusMs, as: options.as });
  try {
    const finished = await run(runbook, { target: found.target, backMs }, io);
    io.out(options.json === true ? `${JSON.stringify(investigationJson(finished), null, 2)}\n` : renderInvestigation(finished));
    return exitCodeOf(finished, options.exitCode === true);
  } finally {
    await close();
  }
}

type Looking = { readonly target: Target; readonly backMs: number | undefined };
type Prepared = { readonly runbook: Runbook; close(): Promise<void> };

/** What one kind of target needs is loaded only for that kind. */
async function prepare(
  found: FoundTarget,
  { log, askedCensusMs, as }: { readonly log: Log; readonly askedCensusMs: number | undefined; readonly as: string | undefined },
): Promise<Prepared> {
  if (as !== undefined && (found.kind === "docker" || found.kind === "redis")) {
    if (found.kind === "docker") await found.hosts.close();
    throw notKnown(as, []);
  }
  if (found.kind === "docker") {
    const { containerRunbook } = await import("../wiring/container-runbook.ts");
    return { runbook: containerRunbook(found.config.docker, found.hosts), close: () => found.hosts.close() };
  }
  if (found.kind !== "redis") {
    const { runbooks, close } = found.parts;
    const fitting = runbooks.filter(({ targetKind }) => targetKind === found.kind);
    const runbook = as === undefined ? fittingRunbook(runbooks, found.kind) : fitting.find(({ id }) => id === as);
    if (runbook === undefined && as !== undefined) {
      await close();
      throw notKnown(as, fitting);
    }
    if (runbook === undefined) throw new OomphError("internal", `no runbook fits ${formatTarget(found.target)}`);
    return { runbook, close };
  }
  const servers = createKeyValueServers(found.connections, { log, ...given({ podPorts: found.podPorts }) });
  const censusBudgetMs = askedCensusMs ?? found.censusMs;
  const runbook = redisMemoryRunbook({ servers, clock: systemClock, censusBudgetMs, httpCheck });
  return { runbook, close: async () => undefined };
}

function notKnown(as: string, fitting: readonly Runbook[]): OomphError {
  const expected =
    fitting.length === 0
      ? "nothing for this kind of target, which has one runbook only"
      : `one of ${fitting.map(({ id }) => id).join(", ")}`;
  return new OomphError("bad-input", `--as expected ${expected}, got ${JSON.stringify(as)}`);
}

async function run(runbook: Runbook, { target, backMs }: Looking, io: Io): Promise<FinishedInvestigation> {
  const startedAtMs = systemClock.nowMs();
  const progress = showProgress(io, `Investigating ${formatTarget(target)} (${runbook.title})`);
  const outcome = await runRunbook(runbook, target, { clock: systemClock, ids: randomIds, onProgress: progress, asked: given({ backMs }) });
  return { target, runbookId: runbook.id, startedAtMs, tookMs: systemClock.nowMs() - startedAtMs, outcome };
}

function readCensus(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = parseDuration(text);
  if (ms !== undefined && ms > 0 && ms <= LONGEST_CENSUS_MS) return ms;
  throw new OomphError("bad-input", `--census expected a duration up to 60s, such as 500ms or 3s, got ${JSON.stringify(text)}`);
}

function readSince(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = parseLookBack(text);
  if (ms === undefined) throw new OomphError("bad-input", `--since expected ${LOOK_BACK_EXPECTED}, got ${JSON.stringify(text)}`);
  return ms;
}

function exitCodeOf({ outcome }: FinishedInvestigation, tellProblem: boolean): ExitCode {
  const { verdict } = outcome.diagnosis.finding;
  if (outcome.kind === "unreachable") return EXIT.failed;
  if (verdict === "undetermined") return EXIT.failed;
  return tellProblem && verdict !== "healthy" ? EXIT.found : EXIT.ok;
}
