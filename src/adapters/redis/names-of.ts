import type { PodPort } from "../../domain/workload.ts";
import { formatAddress } from "./endpoint.ts";
import { placeOf } from "./in-pod.ts";
import type { RedisConnectionSettings } from "./settings.ts";

/** Other names by which alerts may call a configured Redis: its aliases, and where it listens. */
export function namesOf(settings: RedisConnectionSettings): readonly string[] {
  return [...new Set([...settings.aliases, ...addresses(settings)])];
}

/**
 * Its host, with and without port: another port of it is another server. Of several servers the hosts alone, for theirs may have
 * more of it at other ports; and the name that sentinels know the master by.
 */
function addresses({ topology }: RedisConnectionSettings): readonly string[] {
  switch (topology.kind) {
    case "single":
      return [topology.host, formatAddress(topology)];
    case "sentinel":
      return [topology.masterName, ...topology.sentinels.map(({ host }) => host)];
    case "pod":
      return namesInCluster(topology.at);
    case "cluster":
      return topology.seeds.map(({ host }) => host);
  }
}

/** As alerts inside the cluster name it: a Service by its names in the cluster's DNS. */
function namesInCluster(at: PodPort): readonly string[] {
  const { namespace, by } = at;
  const place = [`${namespace}/${by.name}`, placeOf(at)];
  if (by.kind === "pod") return place;
  const dns = `${by.name}.${namespace}`;
  return [...place, dns, `${dns}.svc`, `${dns}.svc.cluster.local`];
}
