import { describe, expect, test } from "vitest";
import { containerIdsIn, podUidIn } from "../../../src/domain/kernel-oom/cgroup-path.ts";
import { joinContainer } from "../../../src/domain/kernel-oom/join-container.ts";
import { readKernelLog } from "../../../src/domain/kernel-oom/kernel-log-scan.ts";
import type { KernelKill } from "../../../src/domain/kernel-oom/types.ts";
import { CONTAINER, newReport, OTHER_CONTAINER, POD_UID } from "./made-up.ts";

const UNDERSCORED = POD_UID.replaceAll("-", "_");

describe("containers in paths", () => {
  test.each<[string, string, readonly string[], string | null]>([
    ["Docker, cgroupfs", `/docker/${CONTAINER}`, [CONTAINER], null],
    ["Docker, systemd", `/system.slice/docker-${CONTAINER}.scope`, [CONTAINER], null],
    ["Docker, a parent of one's own", `/team-a/${CONTAINER}`, [CONTAINER], null],
    ["systemd inside a container", `/docker/${CONTAINER}/system.slice/nginx.service`, [CONTAINER], null],
    ["containerd, cgroupfs", `/kubepods/burstable/pod${POD_UID}/${CONTAINER}`, [CONTAINER], POD_UID],
    [
      "containerd, systemd",
      `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${UNDERSCORED}.slice/cri-containerd-${CONTAINER}.scope`,
      [CONTAINER],
      POD_UID,
    ],
    ["containerd, both", `/system.slice/kubepods-burstable-pod${UNDERSCORED}.slice:cri-containerd:${CONTAINER}`, [CONTAINER], POD_UID],
    ["CRI-O", `/kubepods.slice/kubepods-pod${UNDERSCORED}.slice/crio-${CONTAINER}.scope/container`, [CONTAINER], POD_UID],
    [
      "a static pod",
      `/kubepods/burstable/pod0123456789abcdef0123456789abcdef/${CONTAINER}`,
      [CONTAINER],
      "0123456789abcdef0123456789abcdef",
    ],
    ["Podman", `/machine.slice/libpod-${CONTAINER}.scope/container`, [CONTAINER], null],
    ["Podman without root", `/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${CONTAINER}.scope`, [CONTAINER], null],
    ["Podman's pod", `/machine.slice/machine-libpod_pod_${OTHER_CONTAINER}.slice/libpod-${CONTAINER}.scope`, [CONTAINER], null],
    ["Docker within LXC", `/lxc/39004/ns/system.slice/docker-${CONTAINER}.scope`, [CONTAINER], null],
    [
      "Kubernetes in Docker",
      `/docker/${OTHER_CONTAINER}/kubelet.slice/kubelet-kubepods-pod${UNDERSCORED}.slice/cri-containerd-${CONTAINER}.scope`,
      [OTHER_CONTAINER, CONTAINER],
      POD_UID,
    ],
    ["Amazon ECS", `/ecs/0123456789abcdef0123456789abcdef/${CONTAINER}`, [CONTAINER], null],
    [
      "Amazon Fargate",
      "/ecs/0123456789abcdef0123456789abcdef/0123456789abcdef0123456789abcdef-1234567890",
      ["0123456789abcdef0123456789abcdef-1234567890"],
      null,
    ],
    ["a service", "/system.slice/mysql.service", [], null],
    ["a pod's own cgroup", `/kubepods/burstable/pod${POD_UID}`, [], POD_UID],
    ["an id cut short", `/docker/${CONTAINER.slice(0, 40)}`, [], null],
  ])("%s", (...[, path, ids, podUid]) => {
    expect(containerIdsIn(path)).toEqual(ids);
    expect(podUidIn(path)).toBe(podUid);
  });
});

describe("a kill and a container", () => {
  const inPod = `/kubepods/burstable/pod${POD_UID}/${CONTAINER}`;

  test.each([
    ["its own limit", { cgroup: inPod }, "own"],
    ["its pod's limit", { cgroup: inPod, limitCgroup: `/kubepods/burstable/pod${POD_UID}` }, "above"],
    ["an LXC guest's limit", { cgroup: `/lxc/39004/ns/system.slice/docker-${CONTAINER}.scope`, limitCgroup: "/lxc/39004" }, "above"],
    ["a limit set inside", { cgroup: `/docker/${CONTAINER}/job/1`, limitCgroup: `/docker/${CONTAINER}/job` }, "inside"],
    [
      "Podman's child",
      { cgroup: `/machine.slice/libpod-${CONTAINER}.scope/container`, limitCgroup: `/machine.slice/libpod-${CONTAINER}.scope/container` },
      "own",
    ],
  ])("%s", (_name, report, limitOwner) => {
    const joined = joinContainer(killIn(report), { containerId: CONTAINER });
    expect(joined).toMatchObject({ by: "container-id", limitOwner, nested: false });
    expect(joinContainer(killIn(report), { containerId: CONTAINER.slice(0, 12) })).toEqual(joined);
  });

  test("the sentence names the cgroup whose limit it was", () => {
    const kill = killIn({ cgroup: `/lxc/39004/ns/${CONTAINER}`, limitCgroup: "/lxc/39004" });
    expect(joinContainer(kill, { containerId: CONTAINER })?.says).toContain("/lxc/39004");
  });

  test("the host without memory", () => {
    const kill: KernelKill = { ...killIn({ cgroup: inPod }), constraint: "global", oomCgroup: null };
    expect(joinContainer(kill, { containerId: CONTAINER })?.limitOwner).toBe("host");
  });

  test("a container within the container", () => {
    const kill = killIn({ cgroup: `/docker/${OTHER_CONTAINER}/docker/${CONTAINER}` });
    expect(joinContainer(kill, { containerId: OTHER_CONTAINER })).toMatchObject({ nested: true, limitOwner: "inside" });
    expect(joinContainer(kill, { containerId: CONTAINER })).toMatchObject({ nested: false, limitOwner: "own" });
  });

  test("by its pod, where the container is not told", () => {
    const kill = killIn({ cgroup: `/kubepods/burstable/pod${POD_UID}` });
    expect(joinContainer(kill, { podUid: POD_UID })).toMatchObject({ by: "pod-uid", limitOwner: "own" });
    expect(joinContainer(kill, { containerId: CONTAINER, podUid: POD_UID })?.by).toBe("pod-uid");
  });

  test("only the line of the limit is left: the victim was in it", () => {
    const text = `Task in /docker/${CONTAINER} killed as a result of limit of /docker/${CONTAINER}\n`;
    expect(joinContainer(killsIn(text), { containerId: CONTAINER })?.limitOwner).toBe("own");
  });

  test.each([
    ["another container", { containerId: OTHER_CONTAINER }],
    ["its sibling in the pod", { containerId: OTHER_CONTAINER, podUid: POD_UID }],
    ["another pod", { podUid: "00000000-0000-0000-0000-000000000000" }],
    ["an id too short to be sure", { containerId: CONTAINER.slice(0, 6) }],
    ["nothing", {}],
  ])("not %s", (_name, container) => {
    expect(joinContainer(killIn({ cgroup: inPod }), container)).toBeUndefined();
  });
});

function killIn(report: { readonly cgroup: string; readonly limitCgroup?: string }): KernelKill {
  return killsIn(newReport(report));
}

function killsIn(text: string): KernelKill {
  const [kill] = readKernelLog(text).kills;
  if (kill === undefined) throw new Error("expected a kill");
  return kill;
}
