import { createContainerHosts } from "../adapters/docker/container-hosts.ts";
import { readTopWords, type TopAsked } from "../commands/top-words.ts";
import type { Config, Sources } from "../config.ts";
import { formatBytes } from "../domain/bytes.ts";
import { howItIsDown, restartsInWords } from "../domain/down-container.ts";
import { OomphError } from "../domain/errors.ts";
import { formatTarget, type Target } from "../domain/target.ts";
import type { Log } from "../ports/log.ts";
import type { MemoryTop } from "../ports/memory-history.ts";
import type { ReadingSource } from "../ports/reading-source.ts";
import type { Tables } from "../ports/store.ts";
import { memoryBoard } from "../wiring/board.ts";
import { readingSources } from "../wiring/sources.ts";
import { clusterConfig } from "./cluster-config.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { dockerConfig } from "./find-target.ts";
import { requireConfig, withFile } from "./load-config.ts";
import { openWatched } from "./open-watched.ts";
import { printable } from "./printable.ts";
import { table } from "./table.ts";
import { terminalLog } from "./terminal-log.ts";

export type TopOptions = { readonly words: readonly string[]; readonly json?: true; readonly config?: string };

const PATIENCE_MS = 60_000;
const NOTHING: Pick<Tables, "readings" | "watched"> = {
  readings: { add: async () => undefined, of: async () => [], thin: async () => undefined },
  watched: {
    get: async () => undefined,
    list: async () => [],
    ofOwner: async () => [],
    put: async () => undefined,
    forget: async () => 0,
  },
};

/**
 * `oomph top [containers|pods] [filter]`: every container against its limit, read now; what the watch read last where a
 * Docker host or cluster does not answer.
 */
export async function top({ words, json, config: file }: TopOptions, io: Io): Promise<ExitCode> {
  const asked = readTopWords(words);
  if (typeof asked === "string") throw new OomphError("bad-input", asked);
  const found = configFor(asked, withFile(await io.sources(), file));
  const { sources, close } = await openSources(found.config, asked, terminalLog(io));
  const store = await openWatched(found.config);
  try {
    const all = await memoryBoard(sources, store ?? NOTHING).top(AbortSignal.timeout(PATIENCE_MS), asked);
    const wanted = asked.filter?.toLowerCase() ?? "";
    const isWanted = ({ target }: { readonly target: Target }): boolean => formatTarget(target).toLowerCase().includes(wanted);
    const [rows, down] = [all.rows.filter(isWanted), all.down.filter(isWanted)];
    const isUnheard = all.missing.length === sources.length;
    if (json === true) io.out(`${JSON.stringify(inJson({ ...all, rows, down }), null, 2)}\n`);
    else if (rows.length + down.length > 0 || !isUnheard) io.out(inText({ rows, down }, asked)); // of what does not answer nothing is known
    for (const { source, because } of all.missing) io.err(`oomph: ${source} does not answer: ${printable(because)}\n`);
    if (isUnheard && found.instead !== undefined) io.err(found.instead);
    return isUnheard ? EXIT.failed : EXIT.ok;
  } finally {
    await Promise.all([close(), store?.close()]);
  }
}

type ConfigFor = {
  readonly config: Config;
  /** Said where nothing answers: what was asked in the place of what is not configured. */
  readonly instead?: string;
};

/** What is configured; where nothing of the kind is, what `docker` or `kubectl` itself would speak to. */
function configFor({ of }: TopAsked, sources: Sources): ConfigFor {
  const { docker, kubernetes } = requireConfig(sources);
  if (of === "pods") return { config: clusterConfig(sources) };
  const isConfigured = docker.hosts.length > 0 || (of === undefined && kubernetes.clusters.length > 0);
  if (isConfigured) return { config: requireConfig(sources) };
  const instead =
    "oomph: no Docker host is configured, so the one was asked that docker itself speaks to. Name yours under docker.connections in oomph.yaml, or set DOCKER_HOST. Pods are listed by: oomph top pods\n";
  return { config: dockerConfig(sources), instead };
}

type OpenSources = { readonly sources: readonly ReadingSource[]; close(): Promise<void> };

/** Only what is asked for is connected to, or even loaded. */
async function openSources(config: Config, { of }: TopAsked, log: Log): Promise<OpenSources> {
  const settings = of === "pods" ? [] : config.docker.hosts.map((host) => host.settings);
  const hosts = createContainerHosts(settings, { log });
  const parts = of === "containers" ? undefined : await clustersIn(config, log);
  return {
    sources: readingSources(config, { hosts, clusters: parts?.clusters }),
    async close() {
      await Promise.all([hosts.close(), parts?.close()]);
    },
  };
}

async function clustersIn(config: Config, log: Log) {
  if (config.kubernetes.clusters.length === 0) return undefined;
  const { kubernetesParts } = await import("../wiring/kubernetes.ts");
  return kubernetesParts(config, { log });
}

function inText({ rows, down }: Pick<MemoryTop, "rows" | "down">, { filter, selector }: TopAsked): string {
  if (rows.length + down.length === 0) {
    if (selector !== undefined) return `No running pods with the labels ${JSON.stringify(selector)}.\n`;
    return filter === undefined ? "No running containers.\n" : `No running containers with ${JSON.stringify(filter)} in their name.\n`;
  }
  const lines = rows.map(({ target, again, reading: { usageBytes, limitBytes, startedAtMs } }) => [
    limitBytes === undefined ? "" : `${Math.round((100 * usageBytes) / limitBytes)}%`.padStart(4),
    formatBytes(usageBytes).padStart(10),
    limitBytes === undefined ? "no limit" : `of ${formatBytes(limitBytes)}`,
    printable(formatTarget(target)),
    restartsInWords(again, startedAtMs, isoTime),
  ]);
  const fallen = down.map((one) => [printable(formatTarget(one.target)), printable(howItIsDown(one, isoTime))]);
  const parts = [
    ...(rows.length === 0 ? [] : [table(lines)]),
    ...(down.length === 0 ? [] : [`Not running, or not measured:\n${table(fallen)}`]),
  ];
  return `${parts.join("\n\n")}\n`;
}

function isoTime(atMs: number): string {
  return new Date(atMs).toISOString().replace(/\.\d+Z$/, "Z");
}

function inJson({ rows, down, missing }: MemoryTop) {
  return {
    kind: "top",
    containers: rows.map(({ target, reading, again }) => ({
      target: formatTarget(target),
      at: new Date(reading.atMs).toISOString(),
      usageBytes: reading.usageBytes,
      limitBytes: reading.limitBytes ?? null,
      restarts: again?.restarts ?? null,
    })),
    down: down.map(({ target, state, restarts, limitBytes, lastEnd }) => ({
      target: formatTarget(target),
      state,
      restarts,
      limitBytes: limitBytes ?? null,
      lastReason: lastEnd?.reason ?? null,
      lastExitCode: lastEnd?.exitCode ?? null,
      lastEndedAt: lastEnd?.atMs === undefined ? null : new Date(lastEnd.atMs).toISOString(),
    })),
    missing,
  };
}
