import type { Action } from "../actions/action.ts";
import { createContainerHosts } from "../adapters/docker/container-hosts.ts";
import { loadCommandLineConfig, type Config, type Sources } from "../config.ts";
import { OomphError } from "../domain/errors.ts";
import { actionNamed } from "../domain/named-action.ts";
import type { ActionDoc } from "../domain/plan.ts";
import { formatTarget, type Target } from "../domain/target.ts";
import type { Log } from "../ports/log.ts";
import { containerActions } from "../wiring/container-actions.ts";
import type { KubernetesParts } from "../wiring/kubernetes.ts";
import { redisParts } from "../wiring/redis.ts";
import type { FoundTarget } from "./find-target.ts";

type Surroundings = { readonly sources: Sources; readonly log: Log };

export type OpenActions = { readonly actions: readonly Action[]; close(): Promise<void> };

/**
 * Every action, of all kinds of targets: one that is for another kind than the target is known all the same. `close` ends
 * what they hold, and the target's Docker hosts and clusters.
 */
export async function openActions(found: FoundTarget, { sources, log }: Surroundings): Promise<OpenActions> {
  const config = found.kind === "redis" ? configFor(found, sources) : found.config;
  const hosts = found.kind === "docker" ? found.hosts : createContainerHosts([], { log });
  // A plan changes nothing, so that the Redis of Oomph's own queue need not be told apart here: the service does, before it acts.
  const redis = redisParts(config, { log, ownRedis: () => Promise.resolve(["not looked up for a plan"]) });
  const containers = containerActions(config, hosts);
  const clusters = "parts" in found ? found.parts : await noCluster(config, log);
  return {
    actions: [...redis.actions, ...containers.actions, ...clusters.actions],
    async close() {
      containers.close();
      await Promise.all([hosts.close(), clusters.close()]);
    },
  };
}

/** Every action that there is, by its name. Nothing is connected to. */
export async function everyAction(config: Config, log: Log): Promise<readonly Pick<ActionDoc, "id" | "targetKind">[]> {
  const hosts = createContainerHosts([], { log });
  const redis = redisParts(config, { log, ownRedis: () => Promise.resolve([]) });
  const containers = containerActions(config, hosts);
  const clusters = await noCluster(config, log);
  const named = [...redis.actions, ...containers.actions, ...clusters.actions].map(({ id, targetKind }) => ({ id, targetKind }));
  containers.close();
  await Promise.all([hosts.close(), clusters.close()]);
  return named;
}

/** What can be done in clusters, without one. */
async function noCluster(config: Config, log: Log): Promise<KubernetesParts> {
  const { kubernetesParts } = await import("../wiring/kubernetes.ts");
  return kubernetesParts({ ...config, kubernetes: { ...config.kubernetes, clusters: [], apps: [] } }, { log });
}

/** The id of the action that was meant: `set-memory-limit` is enough. Throws OomphError `bad-input` with what there is. */
export function chooseAction(typed: string, actions: readonly ActionDoc[], target: Target): string {
  const named = actionNamed(typed, actions, target.kind);
  if (named.kind === "found") return named.id;
  const fitting = actions.filter(({ targetKind }) => targetKind === target.kind).map(({ id }) => id);
  const meant = named.kind === "several" ? named.ids : named.nearest;
  const hint = meant.length > 0 ? `did you mean ${meant.join(" or ")}?` : `for ${formatTarget(target)} there is ${fitting.join(", ")}`;
  throw new OomphError("bad-input", `there is no action ${JSON.stringify(typed.slice(0, 60))}: ${hint}`);
}

/** A Redis that is given by its URL stands in no configuration. */
function configFor({ connections, censusMs }: Extract<FoundTarget, { readonly kind: "redis" }>, sources: Sources): Config {
  const configured = loadCommandLineConfig(sources);
  const loaded = configured.kind === "ok" ? configured : loadCommandLineConfig({ env: {}, readFile: missing });
  if (loaded.kind === "invalid") throw new OomphError("internal", "an empty configuration is refused");
  return { ...loaded.config, redis: { ...loaded.config.redis, connections, censusMs } };
}

function missing(): never {
  throw Object.assign(new Error("there is no file"), { code: "ENOENT" });
}
