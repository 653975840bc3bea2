import { httpCheck } from "../adapters/http/http-check.ts";
import { createKeyValueServers } from "../adapters/redis/key-value-servers.ts";
import { randomIds } from "../adapters/system/random-ids.ts";
import { systemClock } from "../adapters/system/system-clock.ts";
import { parseDuration } from "../domain/duration.ts";
import { OomphError } from "../domain/errors.ts";
import { given } from "../domain/given.ts";
import { formatTarget, type Target } from "../domain/target.ts";
import type { Log } from "../ports/log.ts";
import { SINCE_SAYS } from "../messages/started-note.ts";
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
  readonly config?: string;
  /** End with 1 when there is a problem. */
  readonly exitCode?: true;
};

const LONGEST_CENSUS_MS = 60_000;

/** `oomph investigate <target>`: the same runbook as in Slack. Progress goes to standard error, the report to standard output. */
export async function investigate(options: InvestigateOptions, io: Io): Promise<ExitCode> {
  const askedCensusMs = readCensus(options.census);
  assertSince(options.since);
  const log = terminalLog(io);
  const found = await findTarget(options.target, { sources: await io.sources(), configFile: options.config, log });
  if (options.since !== undefined) io.err(`${SINCE_SAYS[found.kind].replaceAll("`", "")}\n`);
  const { runbook, close } = await prepare(found, { log, askedCensusMs });
  try {
    const finished = await run(runbook, found.target, io);
    io.out(options.json === true ? `${JSON.stringify(investigationJson(finished), null, 2)}\n` : renderInvestigation(finished));
    return exitCodeOf(finished, options.exitCode === true);
  } finally {
    await close();
  }
}

type Prepared = { readonly runbook: Runbook; close(): Promise<void> };

/** What one kind of target needs is loaded only for that kind. */
async function prepare(
  found: FoundTarget,
  { log, askedCensusMs }: { readonly log: Log; readonly askedCensusMs: number | undefined },
): Promise<Prepared> {
  if (found.kind === "docker") {
    const { containerRunbook } = await import("../wiring/container-runbook.ts");
    return { runbook: containerRunbook(found.config.docker, found.hosts), close: () => found.hosts.close() };
  }
  if (found.kind !== "redis") {
    const { runbooks, close } = found.parts;
    const runbook = runbooks.find(({ targetKind }) => targetKind === found.kind);
    if (runbook === undefined) throw new OomphError("internal", `no runbook fits ${formatTarget(found.target)}`);
    return { runbook, close };
  }
  const servers = createKeyValueServers(found.connections, { log, ...given({ podPorts: found.podPorts }) });
  const censusBudgetMs = askedCensusMs ?? found.censusMs;
  const runbook = redisMemoryRunbook({ servers, clock: systemClock, censusBudgetMs, httpCheck });
  return { runbook, close: async () => undefined };
}

async function run(runbook: Runbook, target: Target, io: Io): Promise<FinishedInvestigation> {
  const startedAtMs = systemClock.nowMs();
  const progress = showProgress(io, `Investigating ${formatTarget(target)} (${runbook.title})`);
  const outcome = await runRunbook(runbook, target, { clock: systemClock, ids: randomIds, onProgress: progress });
  return { target, runbookId: runbook.id, startedAtMs, tookMs: systemClock.nowMs() - startedAtMs, outcome };
}

function readCensus(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = parseDuration(text);
  if (ms !== undefined && ms > 0 && ms <= LONGEST_CENSUS_MS) return ms;
  throw new OomphError("bad-input", `--census expected a duration up to 60s, such as 500ms or 3s, got ${JSON.stringify(text)}`);
}

/** Taken as in Slack: what is looked at does not depend on it, which is said. */
function assertSince(text: string | undefined): void {
  const ms = text === undefined ? 1 : parseDuration(text);
  if (ms === undefined || ms === 0)
    throw new OomphError("bad-input", `--since expected a time with its unit, such as 30m, 2h or 1d, got ${JSON.stringify(text)}`);
}

function exitCodeOf({ outcome }: FinishedInvestigation, tellProblem: boolean): ExitCode {
  const { verdict } = outcome.diagnosis.finding;
  if (outcome.kind === "unreachable") return EXIT.failed;
  if (verdict === "undetermined") return EXIT.failed;
  return tellProblem && verdict !== "healthy" ? EXIT.found : EXIT.ok;
}
