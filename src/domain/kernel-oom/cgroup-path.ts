// What the drivers call a container's cgroup: the bare id (cgroupfs), `docker-<id>.scope`, `cri-containerd-<id>.scope`,
// `crio-<id>.scope`, `libpod-<id>.scope` (systemd), `<slice>:cri-containerd:<id>` (both mixed up).
const CONTAINER_ID = /(?:^|[-_.:])([0-9a-f]{64})(?=$|[.:])/;
// Amazon's Fargate: the task's id and a number.
const FARGATE_ID = /^[0-9a-f]{32}-\d{9,10}$/;
// Podman calls a pod's slice after the pod, which is no container.
const NOT_A_CONTAINER = /libpod_pod_[0-9a-f]{64}/;

const POD_UID = /pod([0-9a-f]{8}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{12}|[0-9a-f]{32})(?![0-9a-f])/g;

/** The containers of a cgroup's path, the outermost first: `/docker/<node>/kubelet/kubepods/.../<id>` has two. */
export function containerIdsIn(path: string): readonly string[] {
  return path.split("/").flatMap((segment) => containerIdOf(segment) ?? []);
}

/** The uid of the Kubernetes pod, with dashes however the path writes it; of a static pod 32 digits without. */
export function podUidIn(path: string): string | null {
  const last = [...path.matchAll(POD_UID)].at(-1)?.[1];
  return last === undefined ? null : last.replaceAll("_", "-");
}

/** The path up to and with the container's own segment. Undefined: the container is not in it. */
export function pathOfContainer(path: string, containerId: string): string | undefined {
  const segments = path.split("/");
  const at = segments.findIndex((segment) => containerIdOf(segment)?.startsWith(containerId) === true);
  return at === -1 ? undefined : segments.slice(0, at + 1).join("/");
}

/** Is `inner` the cgroup `outer`, or one below it? */
export function isWithin(inner: string, outer: string): boolean {
  return inner === outer || outer === "/" || inner.startsWith(`${outer}/`);
}

function containerIdOf(segment: string): string | undefined {
  if (NOT_A_CONTAINER.test(segment)) return undefined;
  if (FARGATE_ID.test(segment)) return segment;
  return CONTAINER_ID.exec(segment)?.[1];
}
