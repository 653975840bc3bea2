import { codeOf } from "../../domain/errors.ts";
import type { Json } from "../../domain/json.ts";
import { readLargest, type LargestPod } from "../cluster/largest-pods.ts";
import { maskNode } from "../cluster/mask-facts.ts";
import { someAtOnce } from "../some-at-once.ts";
import { nodesInTrouble } from "./collect-objects.ts";
import type { WorkloadSession } from "./session.ts";

// All pods of a node are gone through for it.
const LARGEST_OF_NODES = 2;

/** The nodes that pods in trouble are on, and what takes most of them. Throws when none of them may be looked at. */
export async function collectNodes({ cluster, pods }: WorkloadSession, signal: AbortSignal): Promise<Json> {
  const names = nodesInTrouble(await pods());
  const read = await someAtOnce(names, LARGEST_OF_NODES, async (name) => {
    const [facts, usage, largest] = await Promise.all([
      cluster.node(name),
      cluster.nodeUsage(name).catch(() => undefined),
      names.indexOf(name) < LARGEST_OF_NODES
        ? readLargest(cluster, name, signal).catch((): readonly LargestPod[] | undefined => undefined)
        : undefined,
    ]);
    return { facts: maskNode(facts), ...(usage === undefined ? {} : { usage }), ...(largest === undefined ? {} : { largest }) };
  });
  const nodes = read.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const refused = read.find((one) => one.status === "rejected" && codeOf(one.reason) !== "not-found");
  if (nodes.length === 0 && refused?.status === "rejected") throw refused.reason;
  const gone = names.filter((_name, at) => read[at]?.status === "rejected" && codeOf(read[at].reason) === "not-found");
  return { nodes, gone };
}
