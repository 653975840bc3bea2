import { codeOf, OomphError } from "../../domain/errors.ts";
import { given } from "../../domain/given.ts";
import type { Tunnel } from "../../ports/clusters.ts";
import type { Log } from "../../ports/log.ts";
import type { PodPort } from "../../domain/workload.ts";
import type { PodPorts, WayIn } from "../../ports/pod-ports.ts";
import { combined } from "./attempts.ts";
import { endpointAt } from "./endpoint.ts";
import { openNode, type OpenedNode } from "./open-node.ts";
import type { RedisConnectionSettings } from "./settings.ts";

// With these another way may do: a right that is missing, a node or an image that lacks a program.
const ANOTHER_WAY = new Set(["no-rights", "refused"]);

export type OpenedInPod = {
  readonly opened: OpenedNode;
  /** Of its container; absent: none, or not told. */
  readonly containerLimitBytes?: number;
};

/** A server inside a cluster, by the first way that leads to it. It is called by its place there, not by a port of this host. */
export async function openNodeInPod(
  settings: RedisConnectionSettings,
  at: PodPort,
  { podPorts, log }: { readonly podPorts: PodPorts | undefined; readonly log: Log },
): Promise<OpenedInPod> {
  if (podPorts === undefined)
    throw new OomphError("bad-input", `Redis ${settings.name} is inside a cluster, and no cluster is configured.`);
  const errors: unknown[] = [];
  for (const way of await podPorts(at)) {
    const opened = await openBy(way, settings, at);
    if (opened.kind === "open") {
      if (errors.length > 0)
        log.info({ connection: settings.name, by: way.by }, "this Redis is reached by another way than a port-forward");
      return { opened: opened.node, ...given({ containerLimitBytes: await way.limitBytes() }) };
    }
    errors.push(opened.error);
  }
  throw combined(errors, `${placeOf(at)} cannot be reached.`);
}

/** `shop/redis-0:6379` */
export function placeOf({ namespace, by, port }: PodPort): string {
  return `${namespace}/${by.name}:${port}`;
}

type Opened = { readonly kind: "open"; readonly node: OpenedNode } | { readonly kind: "closed"; readonly error: unknown };

/** Throws where no other way would do better. */
async function openBy(way: WayIn, settings: RedisConnectionSettings, at: PodPort): Promise<Opened> {
  let tunnel: Tunnel | undefined;
  try {
    tunnel = await way.open();
    const { close, ...node } = await openNode({ ...endpointAt(tunnel, settings), name: placeOf(at) }, { database: settings.database });
    const closeAll = (): void => {
      close();
      void tunnel?.close();
    };
    return { kind: "open", node: { ...node, close: closeAll } };
  } catch (error) {
    await tunnel?.close();
    // What was seen at this end of a tunnel that broke says less than why it broke.
    const because = codeOf(error) === "unreachable" ? (tunnel?.trouble() ?? error) : error;
    const isBroken = tunnel === undefined || tunnel.trouble() !== undefined;
    if (isBroken && ANOTHER_WAY.has(codeOf(because))) return { kind: "closed", error: because };
    throw because;
  }
}
