import { codeOf, messageOf, OomphError } from "../../../domain/errors.ts";
import type { ContainerUsage } from "../../../domain/workload.ts";
import type { ClusterMemory } from "../../../ports/clusters.ts";
import { quoted } from "../asked.ts";
import { memorySource } from "../facts.ts";
import { allowsNamespace, assertAllowed } from "../namespaces.ts";
import type { Asking } from "../objects.ts";
import { listAll, METADATA_ONLY } from "../pages.ts";
import { WithMetadata } from "../schema.ts";
import { eachPod } from "./each-pod.ts";
import { nodeFromKubelet, usageFromKubelet } from "./kubelet-memory.ts";
import { nodeFromMetrics, usageFromMetrics } from "./metrics-api.ts";
import { PlacedPod } from "./schema.ts";
import { sideBySide } from "./side-by-side.ts";
import type { NodeMemory, UsageQuery } from "./usage-query.ts";

// A kubelet measures anew when asked, and the API server holds a connection for each.
const KUBELETS_AT_ONCE = 4;

/** Memory now: from metrics.k8s.io, or from the kubelets where nobody answers for that. */
export function createClusterMemory(asking: Asking): ClusterMemory {
  return {
    usage: (query, signal) => usageOf(asking, query, signal),
    async nodeUsage(node) {
      const found = (await nodeInMetrics(asking, node)) ?? (await nodeFromKubelet(asking, node));
      if (found !== undefined) return found;
      throw new OomphError("not-found", `Nobody tells how much memory node ${quoted(node)} of cluster ${nameOf(asking)} uses.`);
    },
  };
}

async function* usageOf(asking: Asking, query: UsageQuery, signal: AbortSignal): AsyncGenerator<readonly ContainerUsage[]> {
  if (query.namespace !== undefined) assertAllowed(asking.client.settings, query.namespace);
  if ((await memorySource(asking)) === "metrics.k8s.io") {
    let hasTold = false;
    try {
      for await (const page of usageFromMetrics(asking, query, signal)) {
        hasTold = true;
        yield page;
      }
      return;
    } catch (error) {
      if (hasTold || !isAway(error)) throw error;
    }
  }
  yield* usageFromKubelets(asking, query, signal);
}

async function nodeInMetrics(asking: Asking, node: string): Promise<NodeMemory | undefined> {
  if ((await memorySource(asking)) === "kubelet") return undefined;
  try {
    return await nodeFromMetrics(asking, node);
  } catch (error) {
    if (isAway(error)) return undefined;
    throw error;
  }
}

/** Registered, but nobody answers for it; or it has not measured this yet. */
function isAway(error: unknown): boolean {
  return ["unreachable", "not-found"].includes(codeOf(error));
}

/** Page by page as kubelets answer, a node's containers each. Throws at the end, when all others have been told, for those that did not. */
async function* usageFromKubelets(asking: Asking, query: UsageQuery, signal: AbortSignal): AsyncGenerator<readonly ContainerUsage[]> {
  const { namespaces: rules } = asking.client.settings;
  const nodes = await nodesFor(asking, query, signal);
  const failed: { readonly node: string; readonly error: unknown }[] = [];
  for await (const ended of sideBySide([...nodes.keys()], KUBELETS_AT_ONCE, (node) => usageFromKubelet(asking, node, signal))) {
    signal.throwIfAborted();
    if ("error" in ended) {
      if (codeOf(ended.error) === "no-rights") throw ended.error; // the same for all
      failed.push({ node: ended.item, error: ended.error });
      continue;
    }
    const wanted = nodes.get(ended.item);
    const page = ended.value.filter(
      ({ namespace, pod }) =>
        allowsNamespace(rules, namespace) &&
        (query.namespace === undefined || query.namespace === namespace) &&
        (wanted?.has(`${namespace}/${pod}`) ?? true),
    );
    if (page.length > 0) yield page;
  }
  const [first] = failed;
  if (first === undefined) return;
  if (nodes.size === 1) throw first.error;
  const names = failed.slice(0, 3).map(({ node }) => quoted(node));
  const more = failed.length > names.length ? ` and ${failed.length - names.length} more` : "";
  const says = `Of cluster ${nameOf(asking)}, ${failed.length} of ${nodes.size} kubelets did not tell of their containers' memory (${names.join(", ")}${more}). ${messageOf(first.error)}`;
  throw new OomphError(codeOf(first.error), says, { retryable: true, cause: first.error });
}

/** Which kubelets are asked, and of which pods (`<namespace>/<name>`, undefined: all) it is about. */
async function nodesFor(
  asking: Asking,
  { namespace, selector, node }: UsageQuery,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ReadonlySet<string> | undefined>> {
  if (selector === undefined) {
    if (node !== undefined) return new Map([[node, undefined]]);
    const nodes = await listAll(asking.client, { call: "listNodes", accept: METADATA_ONLY, signal });
    return new Map(nodes.flatMap((one) => WithMetadata.safeParse(one).data?.metadata?.name ?? []).map((name) => [name, undefined]));
  }
  const wanted = new Map<string, Set<string>>();
  for await (const pod of eachPod(asking, { namespace, selector, node, signal })) {
    const { metadata, spec } = PlacedPod.safeParse(pod).data ?? {};
    const name = spec?.nodeName;
    if (name === undefined || metadata === undefined) continue; // on no node yet
    wanted.set(name, (wanted.get(name) ?? new Set()).add(`${metadata.namespace}/${metadata.name}`));
  }
  return wanted;
}

function nameOf({ client }: Asking): string {
  return client.settings.name;
}
