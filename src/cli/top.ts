import { createContainerHosts } from "../adapters/docker/container-hosts.ts";
import { formatBytes } from "../domain/bytes.ts";
import { formatTarget } from "../domain/target.ts";
import type { MemoryTop } from "../ports/memory-history.ts";
import type { Tables } from "../ports/store.ts";
import { memoryBoard } from "../wiring/board.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { dockerConfig } from "./find-target.ts";
import { requireConfig, withFile } from "./load-config.ts";
import { openWatched } from "./open-watched.ts";
import { printable } from "./printable.ts";
import { table } from "./table.ts";
import { terminalLog } from "./terminal-log.ts";

export type TopOptions = { readonly filter?: string; readonly json?: true; readonly config?: string };

const PATIENCE_MS = 60_000;
const NO_HOST =
  "oomph: no Docker host is configured, so the one was asked that docker itself speaks to. Name yours under docker.connections in oomph.yaml, or set DOCKER_HOST.\n";
const NOTHING: Pick<Tables, "readings" | "watched"> = {
  readings: { add: async () => undefined, of: async () => [], thin: async () => undefined },
  watched: { get: async () => undefined, list: async () => [], put: async () => undefined, forget: async () => 0 },
};

/** `oomph top [filter]`: every container against its limit, read now; what the watch read last where a host does not answer. */
export async function top({ filter, json, config: file }: TopOptions, io: Io): Promise<ExitCode> {
  const sources = withFile(await io.sources(), file);
  const config = dockerConfig(sources);
  const isConfigured = requireConfig(sources).docker.hosts.length > 0;
  const settings = config.docker.hosts.map((host) => host.settings);
  const hosts = createContainerHosts(settings, { log: terminalLog(io) });
  const store = await openWatched(config);
  try {
    const all = await memoryBoard(config.docker, hosts, store ?? NOTHING).top(AbortSignal.timeout(PATIENCE_MS));
    const wanted = filter?.toLowerCase() ?? "";
    const rows = all.rows.filter(({ target }) => formatTarget(target).toLowerCase().includes(wanted));
    const isUnheard = all.missing.length === settings.length;
    if (json === true) io.out(`${JSON.stringify(inJson({ ...all, rows }), null, 2)}\n`);
    else if (rows.length > 0 || !isUnheard) io.out(inText(rows, filter)); // of hosts that do not answer nothing is known
    for (const { source, because } of all.missing) io.err(`oomph: ${source} does not answer: ${printable(because)}\n`);
    if (isUnheard && !isConfigured) io.err(NO_HOST);
    return isUnheard ? EXIT.failed : EXIT.ok;
  } finally {
    await Promise.all([hosts.close(), store?.close()]);
  }
}

function inText(rows: MemoryTop["rows"], filter: string | undefined): string {
  if (rows.length === 0)
    return filter === undefined ? "No running containers.\n" : `No running containers with ${JSON.stringify(filter)} in their name.\n`;
  const lines = rows.map(({ target, reading: { usageBytes, limitBytes } }) => [
    limitBytes === undefined ? "" : `${Math.round((100 * usageBytes) / limitBytes)}%`.padStart(4),
    formatBytes(usageBytes).padStart(10),
    limitBytes === undefined ? "no limit" : `of ${formatBytes(limitBytes)}`,
    printable(formatTarget(target)),
  ]);
  return `${table(lines)}\n`;
}

function inJson({ rows, missing }: MemoryTop) {
  return {
    kind: "top",
    containers: rows.map(({ target, reading }) => ({
      target: formatTarget(target),
      at: new Date(reading.atMs).toISOString(),
      usageBytes: reading.usageBytes,
      limitBytes: reading.limitBytes ?? null,
    })),
    missing,
  };
}
