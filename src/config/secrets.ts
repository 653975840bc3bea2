import type { DockerConnectionSettings } from "../adapters/docker/settings.ts";
import type { RedisConnectionSettings } from "../adapters/redis/settings.ts";
import type { Config, ServiceConfig } from "./build.ts";

/** Every secret value of a configuration, for the log to mask. */
export function secretsOf(config: Config | ServiceConfig): readonly string[] {
  const urls = [config.queue?.url, config.store.kind === "postgres" ? config.store.url : undefined];
  const slack = "slack" in config ? config.slack.settings : undefined;
  return [
    ...urls.flatMap((url) => (url === undefined ? [] : passwordsIn(url))),
    ...config.redis.connections.flatMap(secretsOfConnection),
    ...config.docker.hosts.flatMap(({ settings }) => secretsOfHost(settings)),
    ...[config.github?.token, config.mail?.auth?.password].filter((secret) => secret !== undefined),
    ...Object.values(config.webhooks.secrets),
    ...config.webhooks.generic.map(({ secret }) => secret),
    ...(slack === undefined
      ? []
      : [slack.botToken, slack.transport.kind === "socket" ? slack.transport.appToken : slack.transport.signingSecret]),
  ];
}

function secretsOfConnection({ password, topology, tls }: RedisConnectionSettings): readonly string[] {
  const sentinelPassword = topology.kind === "sentinel" ? topology.sentinelPassword : undefined;
  return [password, sentinelPassword, tls?.key].filter((secret) => secret !== undefined);
}

function secretsOfHost({ tls, ssh }: DockerConnectionSettings): readonly string[] {
  return [tls?.key, ssh?.privateKey].filter((secret) => secret !== undefined);
}

/** As written and as meant: a percent-encoded password is shown decoded by some clients. */
function passwordsIn(url: string): readonly string[] {
  const { password } = new URL(url);
  if (password === "") return [];
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}
