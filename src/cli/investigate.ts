import { createHttpCheck } from "../adapters/http/http-check.ts";
import { createKeyValueServers } from "../adapters/redis/key-value-servers.ts";
import { randomIds } from "../adapters/system/random-ids.ts";
import { systemClock } from "../adapters/system/system-clock.ts";
import { parseDuration } from "../domain/duration.ts";
import { OomphError } from "../domain/errors.ts";
import { formatTarget } from "../domain/target.ts";
import { redisMemoryRunbook } from "../runbooks/redis-memory/index.ts";
import { runRunbook } from "../runbooks/run-runbook.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { findTarget } from "./find-target.ts";
import type { Io } from "./io.ts";
import { showProgress } from "./progress.ts";
import { investigationJson, renderInvestigation, type FinishedInvestigation } from "./render-investigation.ts";
import { terminalLog } from "./terminal-log.ts";

export type InvestigateOptions = {
  readonly target: string;
  readonly json?: true;
  readonly census?: string;
  readonly config?: string;
  /** End with 1 when there is a problem. */
  readonly exitCode?: true;
};

const LONGEST_CENSUS_MS = 60_000;

/** `oomph investigate <target>`: the same runbook as in Slack. Progress goes to standard error, the report to standard output. */
export async function investigate(options: InvestigateOptions, io: Io): Promise<ExitCode> {
  const askedCensusMs = readCensus(options.census);
  const { target, connections, censusMs } = findTarget(options.target, { sources: await io.sources(), configFile: options.config });
  const servers = createKeyValueServers(connections, { log: terminalLog(io) });
  const runbook = redisMemoryRunbook({
    servers,
    clock: systemClock,
    censusBudgetMs: askedCensusMs ?? censusMs,
    httpCheck: createHttpCheck(),
  });

  const startedAtMs = systemClock.nowMs();
  const progress = showProgress(io, `Investigating ${formatTarget(target)} (${runbook.title})`);
  const outcome = await runRunbook(runbook, target, { clock: systemClock, ids: randomIds, onProgress: progress });
  const finished: FinishedInvestigation = {
    target,
    runbookId: runbook.id,
    startedAtMs,
    tookMs: systemClock.nowMs() - startedAtMs,
    outcome,
  };

  io.out(options.json === true ? `${JSON.stringify(investigationJson(finished), null, 2)}\n` : renderInvestigation(finished));
  return exitCodeOf(finished, options.exitCode === true);
}

function readCensus(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = parseDuration(text);
  if (ms !== undefined && ms > 0 && ms <= LONGEST_CENSUS_MS) return ms;
  throw new OomphError("bad-input", `--census expected a duration up to 60s, such as 500ms or 3s, got ${JSON.stringify(text)}`);
}

function exitCodeOf({ outcome }: FinishedInvestigation, tellProblem: boolean): ExitCode {
  const { verdict } = outcome.diagnosis.finding;
  if (outcome.kind === "unreachable") return EXIT.failed;
  if (verdict === "undetermined") return EXIT.failed;
  return tellProblem && verdict !== "healthy" ? EXIT.found : EXIT.ok;
}
