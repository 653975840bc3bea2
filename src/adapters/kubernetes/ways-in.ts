import { codeOf, messageOf } from "../../domain/errors.ts";
import { given } from "../../domain/given.ts";
import type { Way, WaysIn } from "../../ports/cluster-acts.ts";
import type { WorkloadName } from "../../ports/clusters.ts";
import { eachPod } from "./inside/each-pod.ts";
import { matchesSelector } from "./label-selector.ts";
import { createObjects, type Asking } from "./objects.ts";
import { listAll } from "./pages.ts";
import { podLabels } from "./surroundings.ts";
import { ReachedPod, Service } from "./surroundings-schema.ts";

const PATIENCE_MS = 60_000;

/** Services and addresses by which others reach the pods of a workload. What may not be listed is a gap. */
export async function readWaysIn(asking: Asking, name: WorkloadName): Promise<WaysIn> {
  const pods = await podsOf(asking, name);
  const { services, gaps } = await servicesFor(asking, name);
  return {
    pods: pods.map(({ metadata }) => metadata),
    ways: [...services.flatMap(waysBy), ...pods.flatMap(waysTo)],
    gaps,
  };
}

async function podsOf(asking: Asking, name: WorkloadName): Promise<readonly ReachedPod[]> {
  const { selector } = await createObjects(asking).workload(name);
  const pods: ReachedPod[] = [];
  if (selector === undefined) return pods;
  const wanted = { namespace: name.namespace, selector, signal: AbortSignal.timeout(PATIENCE_MS) };
  for await (const pod of eachPod(asking, wanted)) {
    const read = ReachedPod.safeParse(pod);
    if (read.success) pods.push(read.data);
  }
  return pods;
}

async function servicesFor(
  asking: Asking,
  name: WorkloadName,
): Promise<{ readonly services: readonly Service[]; readonly gaps: readonly string[] }> {
  const labels = await podLabels(asking, name);
  try {
    const all = await listAll(asking.client, { call: "listServices", namespace: name.namespace });
    const services = all.flatMap((one) => Service.safeParse(one).data ?? []);
    return { services: services.filter(({ spec }) => selects(spec?.selector, labels)), gaps: [] };
  } catch (error) {
    if (codeOf(error) !== "no-rights") throw error;
    return { services: [], gaps: [messageOf(error)] };
  }
}

/** A service that selects nothing leads where somebody else says. */
function selects(matchLabels: Readonly<Record<string, string>> | undefined, labels: Readonly<Record<string, string>>): boolean {
  return matchLabels !== undefined && Object.keys(matchLabels).length > 0 && matchesSelector({ matchLabels, matchExpressions: [] }, labels);
}

function waysBy({ metadata, spec, status }: Service): readonly Way[] {
  const name = metadata?.name ?? "";
  const by = `service ${name}`;
  const { ports = [], clusterIP, clusterIPs = [], externalIPs = [] } = spec ?? {};
  const balancers = status?.loadBalancer?.ingress.flatMap(({ ip, hostname }) => [ip, hostname]) ?? [];
  const addresses = addressesAmong([clusterIP, ...clusterIPs, ...externalIPs, ...balancers]);
  const nodePorts = ports.flatMap(({ nodePort }) => nodePort ?? []);
  return [
    ...(addresses.length === 0 ? [] : [{ by, name, addresses, ports: ports.flatMap(({ port }) => port ?? []) }]),
    ...(nodePorts.length === 0 ? [] : [{ by, name, addresses: [], ports: nodePorts }]),
  ];
}

function waysTo({ metadata: { name }, spec, status }: ReachedPod): readonly Way[] {
  const by = `pod ${name}`;
  const ports = spec?.containers.flatMap((container) => container.ports) ?? [];
  const hostPorts = ports.flatMap(({ hostPort }) => hostPort ?? []);
  // On the node's own network the address is everybody's there; the ports that it names are its own.
  const own = spec?.hostNetwork === true ? ports.flatMap(({ containerPort }) => containerPort ?? []) : [];
  const addresses = addressesAmong([status?.podIP, ...(status?.podIPs ?? []).map(({ ip }) => ip)]);
  const ofNode = addressesAmong([status?.hostIP]);
  return [
    ...(addresses.length === 0 ? [] : [{ by, name, addresses, ...given({ ports: own.length === 0 ? undefined : own }) }]),
    ...(hostPorts.length === 0 || ofNode.length === 0 ? [] : [{ by, name, addresses: ofNode, ports: hostPorts }]),
  ];
}

/** Headless services say None. */
function addressesAmong(all: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(all.flatMap((one) => (one === undefined || one === "" || one === "None" ? [] : [one])))];
}
