import { OomphError } from "../../domain/errors.ts";
import type { ContainerPlace } from "../../ports/clusters.ts";
import type { Log } from "../../ports/log.ts";
import type { PodPort } from "../../domain/workload.ts";
import type { PodPorts } from "../../ports/pod-ports.ts";
import { quoted } from "./asked.ts";
import { createKubernetesClient } from "./client.ts";
import { createDiscovery } from "./discovery.ts";
import { openTunnel } from "./inside/forward.ts";
import { openPodStream } from "./inside/pod-stream.ts";
import { findRelay, openRelayStream } from "./inside/relay.ts";
import { findPodOfService } from "./leads.ts";
import { assertAllowed } from "./namespaces.ts";
import { createObjects, type Asking } from "./objects.ts";
import type { KubernetesConnectionSettings } from "./settings.ts";

/** Ports of pods: by a port-forward, or by a program that is run inside. Nothing is read or connected before the first question. */
export function createPodPorts(connections: readonly KubernetesConnectionSettings[], { log }: { readonly log: Log }): PodPorts {
  const known = new Map(connections.map((settings) => [settings.name, askingFor(settings, log)]));
  return async (at) => {
    const asking = known.get(at.connection);
    if (asking === undefined) throw new OomphError("bad-input", `There is no cluster named ${quoted(at.connection)}.`);
    assertAllowed(asking.client.settings, at.namespace);
    const { pod, port } = await findPort(asking, at);
    const where = { namespace: at.namespace, pod };
    const limitBytes = async (): Promise<number | undefined> => limitIn(asking, where, { port, container: at.container });
    return [
      { by: "port-forward", limitBytes, open: () => openTunnel(() => openPodStream(asking, { ...where, port })) },
      {
        by: "exec",
        limitBytes,
        async open() {
          const place = await placeIn(asking, where, at.container);
          const relay = await findRelay(asking, place);
          return openTunnel(() => openRelayStream(asking, place, { relay, port }));
        },
      },
    ];
  };
}

function askingFor(settings: KubernetesConnectionSettings, log: Log): Asking {
  const client = createKubernetesClient(settings, log);
  return { client, discovery: createDiscovery(client) };
}

async function findPort(asking: Asking, { namespace, by, port }: PodPort): Promise<{ readonly pod: string; readonly port: number }> {
  return by.kind === "pod" ? { pod: by.name, port } : findPodOfService(asking, { namespace, service: by.name, port });
}

type PodPlace = { readonly namespace: string; readonly pod: string };

/** Of the container that says it listens there, else of the pod's first. To look is no reason to fail: what uses the port goes on without. */
async function limitIn(
  asking: Asking,
  { namespace, pod }: PodPlace,
  { port, container: named }: { readonly port: number; readonly container: string | undefined },
): Promise<number | undefined> {
  try {
    const { containers, podLimitBytes } = await createObjects(asking).pod(namespace, pod);
    const mains = containers.filter(({ role }) => role === "main");
    const listening = mains.find(({ ports }) => ports.some((one) => one.port === port));
    const container = containers.find(({ name }) => name === named) ?? listening ?? mains[0];
    return container?.limitBytes ?? podLimitBytes;
  } catch (error) {
    if (error instanceof OomphError) return undefined;
    throw error;
  }
}

async function placeIn(asking: Asking, where: PodPlace, container: string | undefined): Promise<ContainerPlace> {
  if (container !== undefined) return { ...where, container };
  const { containers } = await createObjects(asking).pod(where.namespace, where.pod);
  return { ...where, container: containers.find(({ role }) => role === "main")?.name ?? "" };
}
