import type { RedisConnectionSettings } from "../adapters/redis/settings.ts";
import { createContainerHosts } from "../adapters/docker/container-hosts.ts";
import { createContainerTargets } from "../adapters/docker/container-targets.ts";
import { connectionFromUrl } from "../adapters/redis/connection-url.ts";
import { systemClock as clock } from "../adapters/system/system-clock.ts";
import { findTarget as findAmong, lookUpTarget, type NoTarget, type TargetFound } from "../commands/find-target.ts";
import { readTyped } from "../commands/typed-target.ts";
import { loadCommandLineConfig, type Config, type Sources } from "../config.ts";
import { OomphError } from "../domain/errors.ts";
import { nearest } from "../domain/nearest.ts";
import { formatTarget, type ContainerTarget, type NodeTarget, type RedisTarget, type WorkloadTarget } from "../domain/target.ts";
import type { ContainerHosts } from "../ports/containers.ts";
import type { Log } from "../ports/log.ts";
import type { PodPorts } from "../ports/pod-ports.ts";
import { lazyPodPorts } from "../wiring/pod-ports.ts";
import type { KubernetesParts } from "../wiring/kubernetes.ts";
import { clusterConfig } from "./cluster-config.ts";
import { requireConfig, withFile } from "./load-config.ts";

export type FoundTarget = FoundRedis | FoundContainer | FoundInCluster;

export type FoundRedis = {
  readonly kind: "redis";
  readonly target: RedisTarget;
  readonly connections: readonly RedisConnectionSettings[];
  readonly censusMs: number;
  /** For those inside a cluster. */
  readonly podPorts?: PodPorts;
};

export type FoundContainer = {
  readonly kind: "docker";
  readonly target: ContainerTarget;
  readonly config: Config;
  /** The caller closes them. */
  readonly hosts: ContainerHosts;
};

export type FoundInCluster = {
  readonly kind: "workload" | "node";
  readonly target: WorkloadTarget | NodeTarget;
  readonly config: Config;
  /** The caller closes it. */
  readonly parts: KubernetesParts;
};

const DEFAULT_CENSUS_MS = 1000;
const DEFAULT_SOCKET = "unix:///var/run/docker.sock";
const EXPECTED =
  "expected docker/<container>, deploy/<namespace>/<name> (or pod, sts, ds, job, cronjob), node/<name>, redis/<name>, redis/<name>/<database> or redis://[user:password@]host[:port][/database]";

type Given = { readonly sources: Sources; readonly configFile: string | undefined; readonly log: Log };

/**
 * What is meant by a target on the command line. A Redis by its URL needs no configuration at all, nor does a container on
 * the Docker host that `docker` itself would speak to, or something of the cluster that `kubectl` would. Throws OomphError `bad-input`, `not-found` (with the nearest name)
 * or what keeps the Docker host or the cluster from answering.
 */
export async function findTarget(text: string, given: Given): Promise<FoundTarget> {
  const url = urlIn(text);
  if (url !== undefined) return redisFromUrl(url);
  if (/^(?:[\w.-]+:)?docker[/:]/i.test(text.trim())) return findContainer(text, given);
  if (readTyped(text.trim()).kind === "object") return findInCluster(text, given);
  const config = requireConfig(withFile(given.sources, given.configFile));
  const isBare = !/^redis[/:]/i.test(text.trim());
  const found = redisNamed(text, config, given.log);
  if (found.kind === "redis") return found;
  if (isBare) return findBareContainer(text, given, { isConfigured: config.docker.hosts.length > 0, otherwise: found.error });
  throw found.error;
}

/** `redis://...`, and `redis/redis://...` for those who write the kind of target first. */
function urlIn(text: string): string | undefined {
  return /^\s*(?:redis\/)?(rediss?:\/\/.*)$/i.exec(text)?.[1];
}

function redisFromUrl(url: string): FoundRedis {
  const settings = connectionFromUrl(url);
  const namesDatabase = /\/\d+\/?\s*$/.test(url);
  return {
    kind: "redis",
    target: redisTarget(settings.name, namesDatabase ? settings.database : undefined),
    connections: [settings],
    censusMs: DEFAULT_CENSUS_MS,
  };
}

function redisNamed(text: string, config: Config, log: Log): FoundRedis | { readonly kind: "none"; readonly error: OomphError } {
  const { redis } = config;
  const match = /^(?:redis\/)?([^/\s]+)(?:\/(\d{1,5}))?$/.exec(text.trim());
  const name = match?.[1];
  if (name === undefined) return { kind: "none", error: new OomphError("bad-input", `${EXPECTED}, got ${JSON.stringify(text)}`) };
  const settings = redis.connections.find((one) => one.name === name || one.aliases.includes(name));
  if (settings === undefined) return { kind: "none", error: new OomphError("not-found", unknownRedis(name, redis.connections)) };
  const database = match?.[2] === undefined ? undefined : Number(match[2]);
  return {
    kind: "redis",
    target: redisTarget(settings.name, database),
    connections: redis.connections,
    censusMs: redis.censusMs,
    podPorts: lazyPodPorts(config, log),
  };
}

function redisTarget(name: string, database: number | undefined): RedisTarget {
  return { kind: "redis", name, ...(database === undefined ? {} : { database }) };
}

function unknownRedis(name: string, connections: readonly RedisConnectionSettings[]): string {
  const names = connections.map((one) => one.name);
  const close = nearest(name, names);
  const known = names.length === 0 ? "none is configured" : `configured are ${names.join(", ")}`;
  const hint =
    close.length === 0
      ? `${known}. Any other Redis can be given as redis://host:port, a container as docker/<name>, a workload of Kubernetes as deploy/<namespace>/<name>`
      : `did you mean ${close.join(" or ")}?`;
  return `there is no Redis connection named ${JSON.stringify(name)}: ${hint}`;
}

/** Where no Docker host is configured there may be none: what was typed is then a Redis that there is not. */
async function findBareContainer(
  text: string,
  given: Given,
  { isConfigured, otherwise }: { readonly isConfigured: boolean; readonly otherwise: OomphError },
): Promise<FoundContainer> {
  try {
    return await findContainer(text, given);
  } catch (error) {
    if (isConfigured) throw error;
    throw otherwise;
  }
}

async function findContainer(text: string, { sources, configFile, log }: Given): Promise<FoundContainer> {
  if (!/^(?:(?:[\w.-]+:)?docker[/:])?[^/\s]+$/i.test(text.trim()))
    throw new OomphError("bad-input", `${EXPECTED}, got ${JSON.stringify(text)}`);
  const config = dockerConfig(withFile(sources, configFile));
  const hosts = createContainerHosts(
    config.docker.hosts.map(({ settings }) => settings),
    { log },
  );
  try {
    const list = await createContainerTargets(hosts, { clock }).list();
    const found = findAmong(text, list);
    if (found.kind === "found" && found.target.kind === "docker") return { kind: "docker", target: found.target, config, hosts };
    const [away] = list.missing;
    if (away !== undefined && list.known.length === 0) throw new OomphError("unreachable", away.because, { retryable: true });
    throw notTheOne(text, found);
  } catch (error) {
    await hosts.close();
    throw error;
  }
}

/** What a cluster has is asked of it: of its pods, and of some that are gone, it knows more than can be listed. */
async function findInCluster(text: string, { sources, configFile, log }: Given): Promise<FoundInCluster> {
  const config = clusterConfig(withFile(sources, configFile));
  const { kubernetesParts } = await import("../wiring/kubernetes.ts");
  const parts = kubernetesParts(config, { log });
  try {
    const found = await lookUpTarget(text, parts.targets);
    if (found.kind !== "found") throw notTheOne(text, found);
    const { target } = found;
    if (target.kind === "workload" || target.kind === "node") return { kind: target.kind, target, config, parts };
    throw new OomphError("internal", `a cluster gave ${formatTarget(target)}`);
  } catch (error) {
    await parts.close();
    throw error;
  }
}

function notTheOne(text: string, found: TargetFound): OomphError {
  if (found.kind === "none") return notFound(found);
  return several(text, found.kind === "several" ? found.targets.map(formatTarget) : []);
}

function notFound({ because, nearest: near, there, unanswered }: NoTarget): OomphError {
  const meant = near.length === 0 ? "" : `did you mean ${near.join(" or ")}?`;
  if (unanswered !== undefined) return new OomphError(unanswered, meant === "" ? `${because}.` : `${because}: ${meant}`);
  const known = there.length === 0 ? "there is nothing else either" : `there is ${there.join(", ")}`;
  return new OomphError("not-found", `${because}: ${meant === "" ? known : meant}`);
}

function several(text: string, names: readonly string[]): OomphError {
  if (names.length === 1)
    return new OomphError("bad-input", `${JSON.stringify(text)} is not the whole name of a target: did you mean ${names[0]}?`);
  return new OomphError("bad-input", `${JSON.stringify(text)} may mean several targets: write one of ${names.slice(0, 10).join(", ")}`);
}

/** The configured hosts; where none is, the one that `docker` itself would speak to. */
export function dockerConfig(sources: Sources): Config {
  const config = requireConfig(sources);
  if (config.docker.hosts.length > 0) return config;
  const url = sources.env["DOCKER_HOST"];
  const env = { ...sources.env, OOMPH_DOCKER_HOST: url === undefined || url === "" ? DEFAULT_SOCKET : url };
  const loaded = loadCommandLineConfig({ ...sources, env });
  if (loaded.kind === "ok") return loaded.config;
  throw new OomphError(
    "bad-input",
    `DOCKER_HOST: ${loaded.problems.map(({ expected, received }) => `expected ${expected}, got ${received}`).join("; ")}`,
  );
}
