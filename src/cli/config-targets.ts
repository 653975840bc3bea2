import type { Config, ServiceConfig } from "../config.ts";
import { fitsPattern } from "../domain/name-pattern.ts";
import { nearest } from "../domain/nearest.ts";
import { DEFAULT_CONNECTION, targetKey } from "../domain/target.ts";

type Configured = Pick<Config | ServiceConfig, "redis" | "docker" | "kubernetes" | "calm" | "access">;

/** Patterns of targets, in windows and policies, that nothing which is configured can ever fit. Nobody is asked: what runs on a host comes and goes. */
export function targetWarnings(config: Configured): readonly string[] {
  const users = [
    ...config.calm.maintenance.map(({ name, targets }) => ({ what: `maintenance "${name}"`, targets })),
    ...config.access.policies.map(({ name, targets }) => ({ what: `the policy "${name}"`, targets })),
  ];
  return users.flatMap(({ what, targets }) =>
    targets.flatMap((pattern) => {
      const because = whyNever(pattern, config);
      return because === undefined ? [] : [`${what} names ${pattern}, which nothing can fit: ${because}`];
    }),
  );
}

/** Undefined: something may fit. */
function whyNever(pattern: string, { redis, docker, kubernetes }: Configured): string | undefined {
  const [, prefix, kind, name = ""] = /^(?:([\w.-]+):)?([a-z]+)\/(.*)$/.exec(pattern) ?? [];
  if (kind === undefined) return undefined;
  if (kind === "redis") return whyNoRedis(pattern, { name, connections: redis.connections });
  const places = (kind === "docker" ? docker.hosts : kubernetes.clusters).map(({ settings }) => settings.name);
  const why = whyNoPlace({ prefix, rest: `${kind}/${name}` }, places, kind === "docker" ? "docker" : "kubernetes");
  if (why !== undefined || kind === "docker" || kind === "node" || name.endsWith("*")) return why;
  return name.split("/").length === 2 ? undefined : `a workload is ${kind}/<namespace>/<name>`;
}

type Named = { readonly name: string; readonly connections: Config["redis"]["connections"] };

function whyNoRedis(pattern: string, { name, connections }: Named): string | undefined {
  if (connections.some((one) => fitsPattern(pattern, targetKey({ kind: "redis", name: one.name })))) return undefined;
  if (connections.length === 0) return "no Redis is configured (redis.connections)";
  const [near] = nearest(
    name.replace(/\*$/, ""),
    connections.flatMap((one) => [one.name, ...one.aliases]),
  );
  const meant = connections.find((one) => near !== undefined && [one.name, ...one.aliases].includes(near));
  const known = `configured are ${connections.map((one) => `redis/${one.name}`).join(", ")}`;
  return meant === undefined ? known : `${known}. Did you mean redis/${meant.name}?`;
}

type Placed = { readonly prefix: string | undefined; readonly rest: string };

/** Without a prefix it is of the connection that is written without one. */
function whyNoPlace({ prefix, rest }: Placed, places: readonly string[], section: "docker" | "kubernetes"): string | undefined {
  if (places.includes(prefix ?? DEFAULT_CONNECTION)) return undefined;
  const what = section === "docker" ? "Docker host" : "cluster";
  if (places.length === 0) return `no ${what} is configured (${section}.connections)`;
  const [near] = prefix === undefined ? places : nearest(prefix, places);
  const written = (place: string): string => (place === DEFAULT_CONNECTION ? rest : `${place}:${rest}`);
  const known = `the configured ${what}s are ${places.join(", ")}`;
  return near === undefined ? known : `${known}. Did you mean ${written(near)}?`;
}
