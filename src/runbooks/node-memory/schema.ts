import { z } from "zod";
import { EventSeen, NodeSeen, NodeUsageSeen } from "../cluster/schema.ts";
import { Kill } from "../parts/schema.ts";

// What the steps of this runbook store as evidence. Sizes in bytes, times in milliseconds since 1970, secrets masked.

const count = z.number().nonnegative();
const at = z.number();
const place = { namespace: z.string(), pod: z.string() };

/** `k8s.node`: the node as it is. */
export const State = z.object({ atMs: at, facts: NodeSeen, usage: NodeUsageSeen.exactOptional() });
export type State = Readonly<z.infer<typeof State>>;

/** `k8s.node-pods`: what its pods ask for, may take and take. Of pods that have not ended. */
export const Pods = z.object({
  pods: count,
  requestBytes: count,
  /** Of those that have one. */
  limitBytes: count,
  withoutLimit: count,
  withoutRequest: count,
  /** What takes most, largest first; absent: their use could not be read. */
  largest: z
    .array(z.object({ ...place, workingSetBytes: count, requestBytes: count.exactOptional(), limitBytes: count.exactOptional() }))
    .exactOptional(),
  /** The newest first. */
  evicted: z.array(z.object({ ...place, message: z.string(), atMs: at.exactOptional() })),
  /** Containers whose last end was an OOM kill. */
  killed: z.array(z.object({ ...place, container: z.string(), atMs: at.exactOptional() })),
});
export type Pods = Readonly<z.infer<typeof Pods>>;

/** `k8s.events`: of the node, newest first. The cluster forgets them, after an hour as a rule. */
export const Events = z.object({ atMs: at, events: z.array(EventSeen) });
export type Events = Readonly<z.infer<typeof Events>>;

/** `k8s.kernel`: kills in the node's kernel log. */
export const Kernel = z.object({ kills: z.array(Kill) });
export type Kernel = Readonly<z.infer<typeof Kernel>>;
