import type { Way, WaysIn } from "../../ports/cluster-acts.ts";
import type { PodPlace } from "../../ports/clusters.ts";
import type { OwnPlace } from "../../ports/container-acts.ts";

type Own = Pick<OwnPlace, "podUids" | "servers"> & {
  /** Oomph's own pod, where it runs in the cluster that is looked at. */
  readonly home?: PodPlace;
};

/** What of Oomph a workload is, as a clause; undefined: none of it, as far as can be told. Pure. */
export function belongsToOomph(own: Own, namespace: string, { pods, ways }: WaysIn): string | undefined {
  const { home, podUids, servers } = own;
  const pod = pods.find(({ name, uid }) => podUids.includes(uid) || (home?.namespace === namespace && home.pod === name));
  if (pod !== undefined) return `what Oomph itself runs in (pod ${pod.name})`;
  const [first] = servers.flatMap((server) => {
    const way = ways.find((one) => leadsTo(server, one, home !== undefined));
    return way === undefined ? [] : [{ server, way }];
  });
  if (first === undefined) return undefined;
  const { server, way } = first;
  const what = server.what === "queue" ? "the Redis of Oomph's own queue" : "the database of Oomph's own records";
  return `${what} (${server.host}:${server.port}, by ${way.by})`;
}

function leadsTo({ host, port, addresses }: OwnPlace["servers"][number], way: Way, isHome: boolean): boolean {
  if (way.ports !== undefined && !way.ports.includes(port)) return false;
  if (way.addresses.length === 0) return true; // a port of all nodes, which nothing else has in a cluster
  const isNamed = host === way.name || host.startsWith(`${way.name}.`);
  const hasAddress = [host, ...addresses].some((address) => way.addresses.includes(address));
  // Two clusters may have the same private addresses: in another than its own, one alone proves nothing unless it was configured.
  return hasAddress && (isHome || isNamed || way.addresses.includes(host));
}
