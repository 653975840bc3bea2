import { formatEndpoint } from "../adapters/docker/connection-url.ts";
import { accessFromKubeconfig } from "../adapters/kubernetes/kubeconfig.ts";
import type { KubernetesConnectionSettings } from "../adapters/kubernetes/settings.ts";
import { loadCommandLineConfig, loadConfig, type Config, type ServiceConfig } from "../config.ts";
import { OomphError } from "../domain/errors.ts";
import type { Log } from "../ports/log.ts";
import { accessWarnings } from "./config-access.ts";
import { alertWarnings, describeAlerts } from "./config-alerts.ts";
import { hearingWarnings } from "./config-hearing.ts";
import { redisWarnings } from "./config-redis.ts";
import { targetWarnings } from "./config-targets.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { problemLines, withFile } from "./load-config.ts";
import { everyAction } from "./open-actions.ts";

const ignore = (): void => undefined;
const SILENT: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** `oomph config check`. */
export async function configCheck(options: { readonly config?: string; readonly commandLine?: true }, io: Io): Promise<ExitCode> {
  const sources = withFile(await io.sources(), options.config);
  const loaded = options.commandLine === true ? loadCommandLineConfig(sources) : loadConfig(sources);
  if (loaded.kind === "invalid") {
    const count = loaded.problems.length;
    io.err(`The configuration has ${count} ${count === 1 ? "problem" : "problems"}:\n`);
    for (const line of problemLines(loaded)) io.err(`${line}\n`);
    return EXIT.badInput;
  }
  const clusters = await Promise.all(loaded.config.kubernetes.clusters.map(({ settings }) => lookAt(settings)));
  const unusable = clusters.flatMap(({ problem }) => problem ?? []);
  if (unusable.length > 0) {
    io.err(`The configuration cannot be used yet:\n${unusable.map((line) => `  ${line}\n`).join("")}`);
    return EXIT.badInput;
  }
  io.out(
    `The configuration is valid.\n${describe(
      loaded.config,
      clusters.map(({ says }) => says),
    )
      .map((line) => `  ${line}\n`)
      .join("")}`,
  );
  for (const warning of await warningsOf(loaded.config)) io.err(`Warning: ${warning}\n`);
  return EXIT.ok;
}

/** What works as it is written, and is probably not what was meant. */
async function warningsOf(config: Config | ServiceConfig): Promise<readonly string[]> {
  return [
    ...hearingWarnings(config),
    ...alertWarnings(config, Date.now()),
    ...accessWarnings(config, await everyAction(config, SILENT)),
    ...targetWarnings(config),
    ...redisWarnings(config),
  ];
}

/** What is configured, without a secret. */
function describe(config: Config | ServiceConfig, clusters: readonly string[]): readonly string[] {
  const { store, redis, docker, access } = config;
  const hosts = docker.hosts.map(({ settings: { name, endpoint } }) => `containers of ${name} (${formatEndpoint(endpoint)})`);
  const targets = [...redis.connections.map(({ name }) => `redis/${name}`), ...hosts, ...clusters];
  const approvers = access.policies.filter((policy) => policy.approvers.length > 0);
  return [
    ...("slack" in config
      ? [`Slack: ${config.slack.settings.transport.kind} mode, ${config.slack.alertChannels.length} alert channels`]
      : []),
    `Store: ${store.kind === "sqlite" ? `SQLite in ${store.path}` : "PostgreSQL"}`,
    targets.length === 0
      ? "Targets: none. Name some under redis.connections, docker.connections or kubernetes.connections in oomph.yaml"
      : `Targets: ${targets.join(", ")}`,
    ...describeAlerts(config),
    ...(approvers.length === 0
      ? ["Nobody can approve an action: access.approvers (OOMPH_APPROVERS) is empty, and so is every policy's list"]
      : []),
    ...redis.connections
      .filter(({ tls }) => tls?.verify === false)
      .map(({ name }) => `redis/${name} accepts any certificate (tls.verify is false)`),
  ];
}

type Cluster = { readonly says: string; readonly problem?: string };

/** Reads its kubeconfig, and asks nobody. */
async function lookAt({ name, access }: KubernetesConnectionSettings): Promise<Cluster> {
  if (access.kind === "in-cluster") return { says: `pods and nodes of ${name} (the cluster that Oomph runs in)` };
  try {
    const { server } = await accessFromKubeconfig(access);
    return { says: `pods and nodes of ${name} (${server.origin})` };
  } catch (error) {
    if (!(error instanceof OomphError)) throw error;
    return { says: name, problem: `kubernetes connection ${name}: ${error.message}` };
  }
}
