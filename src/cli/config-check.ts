import { formatEndpoint } from "../adapters/docker/connection-url.ts";
import { formatProblem, loadCommandLineConfig, loadConfig, type Config, type ServiceConfig } from "../config.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { withFile } from "./load-config.ts";

/** `oomph config check`. */
export async function configCheck(options: { readonly config?: string; readonly commandLine?: true }, io: Io): Promise<ExitCode> {
  const sources = withFile(await io.sources(), options.config);
  const loaded = options.commandLine === true ? loadCommandLineConfig(sources) : loadConfig(sources);
  if (loaded.kind === "invalid") {
    const count = loaded.problems.length;
    io.err(`The configuration has ${count} ${count === 1 ? "problem" : "problems"}:\n`);
    for (const problem of loaded.problems) io.err(`  ${formatProblem(problem)}\n`);
    return EXIT.badInput;
  }
  io.out(
    `The configuration is valid.\n${describe(loaded.config)
      .map((line) => `  ${line}\n`)
      .join("")}`,
  );
  return EXIT.ok;
}

/** What is configured, without a secret. */
function describe(config: Config | ServiceConfig): readonly string[] {
  const { store, redis, docker, access } = config;
  const hosts = docker.hosts.map(({ settings: { name, endpoint } }) => `containers of ${name} (${formatEndpoint(endpoint)})`);
  const targets = [...redis.connections.map(({ name }) => `redis/${name}`), ...hosts];
  const approvers = access.policies.filter((policy) => policy.approvers.length > 0);
  return [
    ...("slack" in config
      ? [`Slack: ${config.slack.settings.transport.kind} mode, ${config.slack.alertChannels.length} alert channels`]
      : []),
    `Store: ${store.kind === "sqlite" ? `SQLite in ${store.path}` : "PostgreSQL"}`,
    targets.length === 0
      ? "Targets: none. Name some under redis.connections or docker.connections in oomph.yaml"
      : `Targets: ${targets.join(", ")}`,
    ...(approvers.length === 0
      ? ["Nobody can approve an action: access.approvers (OOMPH_APPROVERS) is empty, and so is every policy's list"]
      : []),
    ...redis.connections
      .filter(({ tls }) => tls?.verify === false)
      .map(({ name }) => `redis/${name} accepts any certificate (tls.verify is false)`),
  ];
}
