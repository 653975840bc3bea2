import { describe, expect, it } from "vitest";
import { createJudge } from "../../src/alerts/judge.ts";
import { readAlert } from "../../src/alerts/read-alert.ts";
import { killsIn } from "../../src/alerts/kills-in.ts";

const ID = "4f1c".repeat(16);
const LINE =
  "Jun 11 14:22:20 node-7 kernel: [857400.388400] Memory cgroup out of memory: Killed process 796205 (mysqld) total-vm:2403480kB, anon-rss:521000kB, file-rss:36352kB, shmem-rss:0kB, UID:999 pgtables:1412kB oom_score_adj:961";

const judge = createJudge();

function read(text: string) {
  const [alert] = readAlert({ text }, judge).alerts;
  if (alert?.memory !== "yes") return undefined;
  const { subject, ...rest } = alert;
  return { ...rest, ...subject };
}

describe("lines of a kernel in a post", () => {
  it("tell who was killed, whose memory was short, where and when", () => {
    expect(read(`node-7 just paged:\n\`\`\`${LINE}\`\`\``)).toMatchObject({
      about: "container",
      source: "text",
      status: "firing",
      names: [],
      hosts: ["node-7"],
      kills: [{ process: "mysqld", pid: 796205, constraint: "cgroup", cgroup: null, containerId: null, loggedAt: "Jun 11 14:22:20" }],
    });
    expect(read(LINE)?.kills[0]?.says).toBe("The kernel killed mysqld (pid 796205): its cgroup reached its limit; it held 508.8 MiB");
  });

  it.each(["", "kernel: ", "Jun 11 14:22:20 node-7 kernel: "])(
    "are no labels of the alert that they stand below, with %j in front",
    (front) => {
      const line = LINE.slice(LINE.indexOf("Memory cgroup"));
      expect(read(`[FIRING:1] SomethingOdd (shop)\n${front}${line}`)?.kills).toMatchObject([{ process: "mysqld", pid: 796205 }]);
    },
  );

  it("and other sentences behind a name are what the alert says", () => {
    const post =
      "[FIRING:1] SomethingOdd\n • *pod:* `web-6f9c8d7b5d-x2x4b`\n • *log:* java.lang.OutOfMemoryError: Java heap space in thread main";
    expect(read(post)).toMatchObject({ class: "out_of_memory", pod: "web-6f9c8d7b5d-x2x4b" });
  });

  it("tell the container where the cgroup is in them", () => {
    const summary = `kernel: [1.5] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=x,mems_allowed=0,oom_memcg=/docker/${ID},task_memcg=/docker/${ID},task=node,pid=42,uid=0`;
    expect(read(summary)?.kills).toMatchObject([{ process: "node", pid: 42, containerId: ID, cgroup: `/docker/${ID}` }]);
    const unit = `Jun 11 14:22:20 node-7 systemd[1]: docker-${ID}.scope: A process of this unit has been killed by the OOM killer.`;
    expect(read(unit)).toMatchObject({ hosts: ["node-7"], kills: [{ process: null, containerId: ID }] });
  });

  it("tell the time where the line has date and zone", () => {
    const line = LINE.replace("Jun 11 14:22:20", "2026-06-11T14:22:20.5+02:00");
    expect(read(line)?.kills).toMatchObject([{ atMs: Date.parse("2026-06-11T12:22:20.500Z") }]);
    expect(read(line)?.hosts).toEqual(["node-7"]);
  });

  it("of a host without memory are told apart", () => {
    expect(read(LINE.replace("Memory cgroup out of memory", "Out of memory"))?.kills).toMatchObject([{ constraint: "global" }]);
  });

  it("of daemons that kill before the kernel are named as theirs", () => {
    const oomd =
      "systemd-oomd[700]: Killed /system.slice/shop.service due to memory pressure for /system.slice being 55.1% > 50.00% for > 20s with reclaim activity";
    const earlyoom = 'earlyoom[61]: sending SIGTERM to process 4711 uid 1000 "java": oom_score 803, VmRSS 1024 MiB, cmdline "java"';
    expect(read(oomd)?.kills).toMatchObject([{ killer: "systemd-oomd", cgroup: "/system.slice/shop.service" }]);
    expect(read(oomd)?.kills[0]?.says).toMatch(/^systemd-oomd killed/);
    expect(read(earlyoom)?.kills[0]?.says).toMatch(/^earlyoom killed java \(pid 4711\)/);
  });

  it("without a victim still tell that somebody was killed", () => {
    expect(read("kernel: [5.1] java invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0")?.kills).toMatchObject([
      { process: null, pid: null },
    ]);
  });

  it("of a kill that was asked for by hand say nothing about memory", () => {
    const invoked = "kernel: [5.1] kworker/0:2 invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=-1, oom_score_adj=0";
    const killed = "kernel: [5.2] Out of memory: Killed process 7 (sh) total-vm:1kB, anon-rss:1kB, file-rss:0kB, shmem-rss:0kB";
    expect(read(invoked)).toBeUndefined();
    expect(read(`${invoked}\n${killed}`)).toBeUndefined();
  });

  it("are the newest few of a long log", () => {
    const log = Array.from({ length: 50 }, (_, index) => LINE.replace("796205", String(1000 + index))).join("\n");
    expect(killsIn(log)?.map(({ pid }) => pid)).toEqual([1045, 1046, 1047, 1048, 1049]);
  });

  it("are read before the name of a Redis that was killed", () => {
    expect(read(`RedisMemoryHigh\n${LINE.replaceAll("mysqld", "redis-server")}`)?.about).toBe("container");
  });
});

describe("a named container", () => {
  it.each([
    ["killed", "Container kong was OOM killed", ["kong"]],
    ["in backticks", "Container `shop_web-1` uses 93% of its memory limit", ["shop_web-1"]],
    ["as people type it", "docker/kong is at 93% of its memory limit", ["kong"]],
    ["behind its name", "the `kong` container: high memory, 1.9 GiB of 2 GiB", ["kong"]],
    ["in the title", "[FIRING:1] ContainerMemoryHigh (kong)", ["kong"]],
    ["by cAdvisor's labels", `[FIRING:1] ContainerHighMemoryUsage\nid = /docker/${ID}\nname = kong\nimage = kong:3`, ["kong", ID]],
    ["by Compose", "DockerOOM: container_label_com_docker_compose_service=web host=box-1", ["web"]],
  ])("is read %s", (_how, text, names) => {
    expect(read(text)).toMatchObject({ about: "container", kills: [], status: "firing" });
    expect(read(text)?.names.slice(0, names.length)).toEqual(names);
  });

  it("may be called as what reports on others elsewhere", () => {
    expect(read("Container prometheus was OOM killed")?.names).toEqual(["prometheus"]);
  });

  it("comes with the machine where that is said, and resolved", () => {
    expect(read("[RESOLVED] ContainerMemoryHigh\nname = kong\ninstance = box-1:8080")).toMatchObject({
      status: "resolved",
      hosts: ["box-1"],
    });
  });

  it.each([
    ["talk", "is the container up? the memory of last night ..."],
    ["no name", "A container was OOM killed"],
    ["another trouble", "Container kong restarted 5 times"],
    ["the exporter", "[FIRING:1] ContainerExporterMemoryHigh (cadvisor)"],
    ["a disk", "ContainerVolumeUsage name=kong is at 90%"],
  ])("is not made of %s", (_what, text) => {
    expect(read(text)).toBeUndefined();
  });
});

it.each([
  ["a pod", "KubePodCrashLooping: container redis in pod redis-0 was OOMKilled, out of memory", { pod: "redis-0", container: "redis" }],
  ["Kubernetes' labels", "ContainerOOMKilled container=api namespace=shop", { namespace: "shop", container: "api" }],
])("a container of %s is a workload's, not Docker's", (_what, text, place) => {
  expect(read(text)).toMatchObject({ about: "workload", class: "oom_killed", ...place });
});

it("reads hostile text of 100 kB without losing its way", () => {
  for (const piece of [
    "container ",
    "`a` container ",
    "name=",
    "a.",
    "docker/",
    "oom killed ",
    "Jun 11 14:22:20 ",
    "Killed process ",
    "(",
    "/docker/",
    "\u202e ",
  ]) {
    const text = `Container kong was OOM killed ${piece.repeat(100_000 / piece.length)}`;
    const reading = read(text);
    expect(reading?.about).toBe("container");
    expect(reading?.names.length).toBeLessThanOrEqual(20);
    expect(reading?.hosts.length).toBeLessThanOrEqual(3);
  }
});

it("of Alertmanager's default title no words of the summary behind it are names", () => {
  const post =
    "[FIRING:1] ContainerMemoryHigh (kong compose_default docker-host-1 warning) Container kong on docker-host-1 uses 96% of its 2GiB limit";
  const names = read(post)?.names ?? [];
  expect(names[0]).toBe("kong");
  expect(names).not.toEqual(expect.arrayContaining(["its"]));
  expect(names).not.toEqual(expect.arrayContaining(["2GiB"]));
});
