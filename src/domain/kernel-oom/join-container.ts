import { containerIdsIn, isWithin, pathOfContainer, podUidIn } from "./cgroup-path.ts";
import type { KernelKill } from "./types.ts";

/** A container as its engine knows it: the id in full or its first 12 digits or more, the pod's uid where it has one. */
export type ContainerName = { readonly containerId?: string; readonly podUid?: string };

/**
 * Whose limit killed. `own`: the container's. `above`: a cgroup that holds more than this container (a pod, an LXC
 * guest, a slice): its limit, not the container's, is the one to look at. `inside`: a limit that something within the
 * container set. `host`: none, the host had no memory left.
 */
export type LimitOwner = "own" | "above" | "inside" | "host" | "unknown";

export type KillOfContainer = {
  readonly by: "container-id" | "pod-uid";
  readonly limitOwner: LimitOwner;
  /** The victim was in a container within this one, as with Docker in Docker. */
  readonly nested: boolean;
  /** The same as a sentence without a subject's name: "the limit of /lxc/39004, which holds this container". */
  readonly says: string;
};

/** Did this kill hit that container, and whose limit was it? Undefined: it did not, or the log does not say. */
export function joinContainer(kill: KernelKill, { containerId, podUid }: ContainerName): KillOfContainer | undefined {
  const cgroup = kill.cgroup ?? kill.oomCgroup;
  if (cgroup === null) return undefined;
  if (containerId !== undefined && containerId.length >= 12) {
    const own = pathOfContainer(cgroup, containerId);
    if (own !== undefined) return joined(kill, { by: "container-id", own, nested: !isInnermost(cgroup, containerId) });
  }
  // Only where the victim's own container cannot be told from its siblings.
  if (podUid === undefined || (containerId !== undefined && kill.containerId !== null) || podUidIn(cgroup) !== podUid) return undefined;
  return joined(kill, { by: "pod-uid", own: cgroup, nested: false });
}

type Found = { readonly by: KillOfContainer["by"]; readonly own: string; readonly nested: boolean };

function joined(kill: KernelKill, { by, own, nested }: Found): KillOfContainer {
  const limitOwner = ownerOf(kill, own);
  return { by, limitOwner, nested, says: sentence(limitOwner, kill.oomCgroup) };
}

function ownerOf({ constraint, oomCgroup }: KernelKill, own: string): LimitOwner {
  if (constraint === "global") return "host";
  if (constraint === "unknown" || oomCgroup === null) return "unknown";
  if (oomCgroup === own) return "own";
  if (isWithin(own, oomCgroup)) return "above";
  if (!isWithin(oomCgroup, own)) return "unknown";
  // Podman and CRI-O put the processes into a child called `container`.
  return oomCgroup === `${own}/container` ? "own" : "inside";
}

function sentence(owner: LimitOwner, oomCgroup: string | null): string {
  switch (owner) {
    case "own":
      return "the container's own limit was reached";
    case "above":
      return `the limit of ${oomCgroup} was reached, which holds this container and may hold more`;
    case "inside":
      return `the limit of ${oomCgroup} was reached, which was set inside this container`;
    case "host":
      return "the host had no memory left; no limit was reached";
    case "unknown":
      return "the log does not say whose limit was reached";
    default:
      return owner satisfies never;
  }
}

function isInnermost(cgroup: string, containerId: string): boolean {
  return containerIdsIn(cgroup).at(-1)?.startsWith(containerId) === true;
}
