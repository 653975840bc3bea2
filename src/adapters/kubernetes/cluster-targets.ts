import { codeOf, messageOf } from "../../domain/errors.ts";
import { given } from "../../domain/given.ts";
import { keepFresh } from "../../domain/keep-fresh.ts";
import { listMerger } from "../../domain/merge-lists.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ClusterObjects, Clusters } from "../../ports/clusters.ts";
import type { AskedObject, KnownTarget, LookedUp, TargetList, Targets } from "../../ports/planner.ts";
import { lookUpIn } from "./look-up.ts";

// Names of workloads change by rollouts of people, not by the second; what is not listed yet is asked for by name.
const FRESH_MS = 10_000;
const PATIENCE_MS = 2_000;
/** So many names are listed of one cluster: a choice among more is no choice, and each can be asked for by its name. */
const MOST_LISTED = 5_000;

/** As far as names go. */
type Named = Pick<Clusters, "names"> & { cluster(connection: string): ClusterObjects };

/** Every workload and node of the configured clusters, as of some seconds ago; pods are looked up by name. */
export function createClusterTargets(clusters: Named, { clock }: { readonly clock: Clock }): Targets {
  const lists = clusters.names().map((name) => {
    const because = `Cluster ${name} did not list its workloads within ${PATIENCE_MS / 1000} s.`;
    const late: TargetList = { known: [], missing: [{ source: name, because }] };
    return keepFresh(() => listOf(clusters.cluster(name)), { freshMs: FRESH_MS, patienceMs: PATIENCE_MS, late, clock });
  });
  const merged = listMerger<KnownTarget, TargetList["missing"][number]>();
  return {
    list: async (as) => merged(await Promise.all(lists.map((list) => list(as)))),
    lookUp: (asked) => lookUp(clusters, asked),
    kinds: () => (clusters.names().length === 0 ? [] : ["workload", "node"]),
    isConfigured: (target) => (target.kind === "workload" || target.kind === "node") && clusters.names().includes(target.connection),
  };
}

async function listOf(cluster: Pick<ClusterObjects, "name" | "workloads" | "nodes">): Promise<TargetList> {
  const { name: connection } = cluster;
  const known: KnownTarget[] = [];
  const gaps: string[] = [];
  try {
    for await (const page of cluster.workloads((because) => gaps.push(because))) {
      known.push(
        ...page.map((name): KnownTarget => ({
          target: { kind: "workload", connection, ...name },
          aliases: [`${name.namespace}/${name.name}`],
        })),
      );
      if (known.length >= MOST_LISTED) break;
    }
    known.push(...(await nodesOf(cluster, gaps)));
  } catch (error) {
    gaps.push(messageOf(error));
  }
  return { known, missing: [...new Set(gaps)].map((because) => ({ source: connection, because })) };
}

/** Without the right to list nodes, which only a ClusterRole can give, the workloads are still known. */
async function nodesOf(
  { name: connection, nodes }: Pick<ClusterObjects, "name" | "nodes">,
  gaps: string[],
): Promise<readonly KnownTarget[]> {
  try {
    return (await nodes()).map(({ name, addresses = [] }): KnownTarget => ({
      target: { kind: "node", connection, name },
      aliases: addresses,
    }));
  } catch (error) {
    gaps.push(messageOf(error));
    return [];
  }
}

async function lookUp(clusters: Named, asked: AskedObject): Promise<LookedUp> {
  const { connection } = asked;
  const names = clusters.names();
  if (connection !== undefined && !names.includes(connection))
    return { targets: [], because: `there is no cluster called "${connection}" (configured: ${names.join(", ")})` };
  const found = await Promise.all(
    names.filter((name) => connection === undefined || name === connection).map((name) => lookedUp(clusters.cluster(name), asked)),
  );
  const targets = found.flatMap((one) => one.targets);
  const because = [...new Set(found.flatMap((one) => (one.because === undefined ? [] : [one.because])))].join("; ");
  const unanswered = found.find((one) => one.unanswered !== undefined)?.unanswered;
  return { targets, ...(targets.length > 0 || because === "" ? {} : given({ because, unanswered })) };
}

async function lookedUp(cluster: ClusterObjects, asked: AskedObject): Promise<LookedUp> {
  try {
    return await lookUpIn(cluster, asked);
  } catch (error) {
    return { targets: [], because: messageOf(error).replace(/\.$/, ""), unanswered: codeOf(error) };
  }
}
