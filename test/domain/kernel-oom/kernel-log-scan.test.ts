import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { KernelLogScan, readKernelLog } from "../../../src/domain/kernel-oom/kernel-log-scan.ts";
import type { KernelKill } from "../../../src/domain/kernel-oom/types.ts";
import { CONTAINER, newReport, oldReport, OTHER_CONTAINER, POD_UID, prefixed } from "./made-up.ts";

const FIXTURES = resolve(import.meta.dirname, "../../fixtures/kernel-oom");

function fixture(name: string): string {
  return readFileSync(resolve(FIXTURES, name), "utf8");
}

function only(text: string): KernelKill {
  const { kills } = readKernelLog(text);
  expect(kills).toHaveLength(1);
  const [kill] = kills;
  if (kill === undefined) throw new Error("expected a kill");
  return kill;
}

/** Without what differs with the form of the log: when it was. */
function facts(kill: KernelKill): object {
  return { ...kill, time: null, loggedAt: null, uptimeSeconds: null };
}

describe("kills of a real kernel 6.18 in Docker and Kubernetes", () => {
  const POD = "a98ad5e5-fa9e-42bb-8c46-82af98968553";
  const IN_POD = "1c372c8d7dabf419d73406047cab9e195d0fde50e5edeb2772ef1d4754630973";

  test("three kills: a name with parentheses, a parent's limit, a pod", () => {
    const reading = readKernelLog(fixture("docker-parent-pod-6.18.log"));
    expect(reading).toMatchObject({ kind: "kernel_oom", isOom: true, kernel: "6.18.44", manualSysrq: false, duplicates: 0 });
    expect(reading.kills).toMatchObject([
      {
        process: "busybox) (b,pid",
        pid: 26727,
        anonRssBytes: 23936 * 1024,
        constraint: "cgroup",
        limitBytes: 24 * 2 ** 20,
        oomScoreAdj: 0,
      },
      {
        process: "tail",
        pid: 26813,
        cgroup: "/guest-39004/658d2b40c2a76940094d465fed324c414ec36a3ee7ad7ade9693f4fd14f70450",
        oomCgroup: "/guest-39004",
        containerId: "658d2b40c2a76940094d465fed324c414ec36a3ee7ad7ade9693f4fd14f70450",
        limitBytes: 32 * 2 ** 20,
        swapLimitBytes: null,
      },
      {
        process: "tail",
        pid: 26989,
        podUid: POD,
        containerId: IN_POD,
        limitBytes: 20 * 2 ** 20,
        oomScoreAdj: 999,
        pageSizeBytes: 4096,
        taskCount: 3,
      },
    ]);
    expect(reading.kills[2]?.tasks[0]).toEqual({
      pid: 26989,
      process: "tail",
      rssPages: 5084,
      rssBytes: 5084 * 4096,
      swapBytes: 0,
      oomScoreAdj: 999,
    });
  });

  test("the records of /dev/kmsg say the same", () => {
    const [, , last] = readKernelLog(fixture("docker-parent-pod-6.18.log")).kills;
    expect(only(fixture("docker-parent-pod-6.18.kmsg"))).toEqual({ ...last, uptimeSeconds: 12660.071697 });
  });

  test.each(["dmesg-T", "dmesg-x", "dmesg-xT", "dmesg-r", "dmesg-iso", "dmesg-reltime", "dmesg-delta", "dmesg-t", "dmesg-J"])(
    "%s",
    (form) => {
      const kill = only(fixture(`${form}.log`));
      // These fixtures hold the lines that matter, without the one of swap.
      expect(facts(kill)).toEqual({ ...facts(only(fixture("docker-parent-pod-6.18.kmsg"))), swapUsageBytes: null });
      const times = {
        "dmesg-T": [null, "Sun Nov 22 03:25:08 2026"],
        "dmesg-xT": [null, "Sun Nov 22 03:25:08 2026"],
        "dmesg-iso": ["2026-11-22T03:25:08.071Z", "2026-11-22T03:25:08,071697+00:00"],
      };
      expect([kill.time, kill.loggedAt]).toEqual(new Map(Object.entries(times)).get(form) ?? [null, null]);
      expect(kill.uptimeSeconds).toBe(["dmesg-x", "dmesg-r", "dmesg-delta", "dmesg-J"].includes(form) ? 12660.071697 : null);
    },
  );
});

describe("kernels", () => {
  test("cgroup v1 before 5.x: limit, swap, score and swapped memory come from the report", () => {
    expect(only(oldReport())).toMatchObject({
      process: "worker",
      pid: 4711,
      anonRssBytes: 520000 * 1024,
      constraint: "cgroup",
      cgroup: `/docker/${CONTAINER}`,
      oomCgroup: `/docker/${CONTAINER}`,
      containerId: CONTAINER,
      limitBytes: 512 * 2 ** 20,
      usageBytes: 512 * 2 ** 20,
      swapLimitBytes: 2 ** 30,
      oomScoreAdj: 500,
      swapBytes: 9000 * 4096,
      pageSizeBytes: 4096,
      totalVmBytes: 900000 * 1024,
      kernel: "4.9.0-19-amd64",
      trigger: { process: "worker", pid: 4711 },
      killer: "kernel",
      certain: true,
      taskCount: 2,
    });
  });

  test("a child sacrificed in its stead is the victim", () => {
    const kill = only(oldReport({ child: { pid: 4800, process: "worker-child" } }));
    expect(kill).toMatchObject({ process: "worker-child", pid: 4800, containerId: CONTAINER, limitBytes: 512 * 2 ** 20, certain: true });
  });

  test("only chosen, the line of the kill lost: said as not certain", () => {
    const cut = oldReport().split("\n").slice(0, -3).join("\n");
    expect(only(cut)).toMatchObject({ process: "worker", pid: 4711, anonRssBytes: null, constraint: "cgroup", certain: false });
  });

  test("RHEL 7 writes the uid in the middle", () => {
    const kill = only(
      "Memory cgroup out of memory: Kill process 99 (a) score 1 or sacrifice child\nKilled process 99 (a), UID 48, total-vm:7296kB, anon-rss:96kB, file-rss:164kB, shmem-rss:0kB\n",
    );
    expect(kill).toMatchObject({ pid: 99, uid: 48, anonRssBytes: 96 * 1024, constraint: "cgroup", oomScoreAdj: null });
  });

  test("cgroup v2: the victim is not the trigger, the cpuset is not the container", () => {
    expect(only(newReport())).toMatchObject({
      process: "java",
      pid: 90210,
      containerId: CONTAINER,
      podUid: POD_UID,
      limitBytes: 2 ** 30,
      swapLimitBytes: null,
      oomScoreAdj: 995,
      uid: 1000,
      trigger: { process: "GC Thread#3", pid: 90218 },
      kernel: "6.8.0-48-generic",
      tasks: [{ process: "java", rssPages: 262000 }, { process: "pause" }],
    });
  });

  test("a page of 64 KiB is noticed", () => {
    const kill = only(newReport().replace(" 786432 ", " 49152 "));
    expect(kill).toMatchObject({ pageSizeBytes: 65536, tasks: [{ rssBytes: 262000 * 65536 }, {}] });
  });

  test("a page size that nothing tells is not guessed", () => {
    const text = newReport().replace(/\[ {2}90210\].*\n/, "");
    expect(only(text)).toMatchObject({
      pageSizeBytes: null,
      swapBytes: null,
      tasks: [{ process: "pause", rssPages: 128, rssBytes: null }],
    });
  });

  test("CONSTRAINT_NONE beside oom_memcg is a cgroup's kill", () => {
    expect(only(newReport().replace("CONSTRAINT_MEMCG", "CONSTRAINT_NONE")).constraint).toBe("cgroup");
  });

  test("the host without memory: no limit, though the victim was in a container", () => {
    const kill = only(
      `x invoked oom-killer: gfp_mask=0x140cca(GFP_HIGHUSER_MOVABLE|__GFP_COMP), order=0, oom_score_adj=0
Node 0 DMA: 1*16kB (U) 1*32kB (U) = 48kB
[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name
[      7]     0     7       10       10     8192        0             0 x
oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/system.slice/docker-${CONTAINER}.scope,task=node,pid=815,uid=0
Out of memory: Killed process 815 (node) total-vm:900kB, anon-rss:800kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:60kB oom_score_adj:0
`,
    );
    expect(kill).toMatchObject({ constraint: "global", containerId: CONTAINER, limitBytes: null, oomCgroup: null, pageSizeBytes: 16384 });
  });

  test("the root cgroup has no limit but the host's", () => {
    expect(only(oldReport({ limitCgroup: "/" }).replaceAll("Memory cgroup out of memory", "Out of memory"))).toMatchObject({
      constraint: "global",
      limitBytes: null,
      oomCgroup: null,
    });
  });

  test("no limit is no limit", () => {
    expect(only(newReport().replace("limit 1048576kB", "limit 9007199254740988kB")).limitBytes).toBeNull();
    expect(only(oldReport().replace("usage 524288kB, limit 524288kB", "usage 524288kB, limit 18014398509481983kB")).limitBytes).toBeNull();
  });

  test.each([
    [
      "order=-1",
      newReport({ order: -1 })
        .replaceAll("Memory cgroup out", "Out")
        .replaceAll(/oom_memcg=[^,]*/g, "global_oom"),
    ],
    ["moom_callback", oldReport().replace("mem_cgroup_out_of_memory", "moom_callback")],
  ])("%s: by hand, no want of memory", (_name, text) => {
    expect(only(text).manualSysrq).toBe(true);
    expect(readKernelLog(text)).toMatchObject({ isOom: true, manualSysrq: true });
  });

  test("memory.oom.group: all of the cgroup, each with its place and limit", () => {
    const text = `${newReport()}Tasks in /x are going to be killed due to memory.oom.group set
Memory cgroup out of memory: Killed process 90210 (java) total-vm:3145728kB, anon-rss:1032000kB, file-rss:16000kB, shmem-rss:0kB, UID:1000 pgtables:2246kB oom_score_adj:995
Memory cgroup out of memory: Killed process 90300 (sidecar) total-vm:1000kB, anon-rss:500kB, file-rss:0kB, shmem-rss:0kB, UID:1000 pgtables:4kB oom_score_adj:995
`;
    const { kills } = readKernelLog(text);
    expect(kills).toMatchObject([
      { process: "java", containerId: CONTAINER },
      { process: "sidecar", pid: 90300, containerId: CONTAINER, limitBytes: 2 ** 30 },
    ]);
  });

  test("a kill whose report was rate-limited away does not get the place of the one before", () => {
    const { kills } = readKernelLog(
      `${newReport()}Memory cgroup out of memory: Killed process 5 (other) total-vm:1000kB, anon-rss:500kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:4kB oom_score_adj:0\n`,
    );
    expect(kills).toMatchObject([
      { pid: 90210 },
      { pid: 5, cgroup: null, containerId: null, limitBytes: null, trigger: null, constraint: "cgroup" },
    ]);
  });

  test("the allocating task is killed by the kernel's setting", () => {
    expect(
      only("Out of memory (oom_kill_allocating_task): Killed process 5 (x) total-vm:1000kB, anon-rss:500kB, file-rss:0kB\n"),
    ).toMatchObject({ pid: 5, constraint: "global" });
  });

  test("nobody to kill", () => {
    expect(
      readKernelLog("[   12.5] Kernel panic - not syncing: Out of memory: compulsory panic_on_oom is enabled\n").noKillableProcess,
    ).toBe(true);
    expect(readKernelLog("[   12.5] Out of memory and no killable processes...\n")).toMatchObject({
      isOom: true,
      noKillableProcess: true,
      kills: [],
    });
  });
});

describe("what is left of a report", () => {
  test("the reaper alone: who, and no more; its zero is not the victim's memory", () => {
    expect(only("oom_reaper: reaped process 77 (we (b) x), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB\n")).toMatchObject({
      process: "we (b) x",
      pid: 77,
      anonRssBytes: null,
      constraint: "unknown",
      limitBytes: null,
    });
  });

  test("the oom-kill line alone", () => {
    const line =
      newReport()
        .split("\n")
        .find((text) => text.startsWith("oom-kill:")) ?? "";
    expect(only(line)).toMatchObject({
      process: "java",
      pid: 90210,
      containerId: CONTAINER,
      constraint: "cgroup",
      anonRssBytes: null,
      certain: true,
    });
  });

  test("an oom-kill line cut short, as the kernel does with long paths", () => {
    const text = newReport()
      .replace(/,task=java,pid=90210,uid=1000/, "")
      .replace(/(task_memcg=.{40}).*/, "$1");
    expect(only(text)).toMatchObject({ pid: 90210, process: "java", oomCgroup: expect.stringContaining(CONTAINER), limitBytes: 2 ** 30 });
  });

  test("an oom-kill line in pieces, another processor's lines between them", () => {
    const text = newReport()
      .replace(",oom_memcg=", "\nnet eth0: link is up\n,oom_memcg=")
      .replace(",task=java", "\n[T99] nvme0: something else\n,task=java");
    expect(facts(only(text))).toEqual(facts(only(newReport())));
  });

  test("only who asked: a report without a victim", () => {
    expect(readKernelLog("[1.5] java invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0\n")).toMatchObject({
      isOom: true,
      kills: [],
      reportsWithoutVictim: 1,
    });
  });

  test("the task line of an old kernel alone: where, not who", () => {
    const text = `1500316299 host-1 [30533610.306528] node invoked oom-killer: gfp_mask=0x24000c0, order=0, oom_score_adj=0
other words
1500316300 host-1 [30533610.306529] Task in /docker/${CONTAINER} killed as a result of limit of /docker/${CONTAINER}
1500316400 host-1 [30533710.306529] Task in /docker/${OTHER_CONTAINER} killed as a result of limit of /docker/${OTHER_CONTAINER}
`;
    expect(readKernelLog(text).kills).toMatchObject([
      {
        process: null,
        pid: null,
        containerId: CONTAINER,
        constraint: "cgroup",
        trigger: { process: "node", pid: null },
        time: "2017-07-17T18:31:39Z",
      },
      { process: null, pid: null, containerId: OTHER_CONTAINER },
    ]);
  });

  test("the figures of the kill cut off", () => {
    expect(only("Memory cgroup out of memory: Killed process 4 (x y) total-vm:12kB, anon-rss:123")).toMatchObject({
      pid: 4,
      process: "x y",
      totalVmBytes: 12288,
      anonRssBytes: null,
    });
    expect(only("Out of memory: Killed process 4 (x)")).toMatchObject({ pid: 4, process: "x", constraint: "global", totalVmBytes: null });
  });

  test("lines that a form has joined into one: a name is no longer than a name", () => {
    const kill = (pid: number): string =>
      `Memory cgroup out of memory: Killed process ${pid} (we (b) x) total-vm:12kB, anon-rss:8kB, file-rss:0kB, shmem-rss:0kB`;
    const { kills } = readKernelLog(`${kill(4)} ${"[ 1.5] some other words of the kernel, ".repeat(4)} ${kill(5)}\n`);
    expect(kills[0]).toMatchObject({ pid: 4, process: "we (b) x", anonRssBytes: 8192 });
  });

  test("two reports line by line through each other", () => {
    const [left, right] = [
      newReport(),
      newReport({ pid: 90300, process: "ruby", cgroup: `/docker/${OTHER_CONTAINER}`, trigger: { process: "ruby", pid: 90300 } }).replaceAll(
        "1048576kB",
        "2097152kB",
      ),
    ];
    const [first, second] = [left.split("\n"), right.split("\n")];
    const { kills } = readKernelLog(first.flatMap((line, at) => [line, second[at] ?? ""]).join("\n"));
    expect(kills).toMatchObject([
      { pid: 90210, containerId: CONTAINER },
      { pid: 90300, containerId: OTHER_CONTAINER },
    ]);
  });
});

describe("forms of logs", () => {
  const plain = facts(only(newReport()));

  test.each<[string, (line: number) => string, string | null]>([
    ["syslog", () => "Jun 11 14:22:20 k8s-worker-02 kernel: [857400.388400] ", null],
    ["syslog without the kernel's clock", () => "Jun  1 14:22:20 host.example kernel: ", null],
    ["RFC 5424", () => "<4>1 2024-07-04T21:28:32.250Z host kernel - - - [42.123456] ", "2024-07-04T21:28:32.250Z"],
    ["journalctl -o short-iso", () => "2024-07-04T23:28:32+0200 host kernel: ", "2024-07-04T21:28:32Z"],
    ["journalctl -o short-iso-precise", () => "2024-07-04T21:28:32.123456+00:00 host kernel: ", "2024-07-04T21:28:32.123Z"],
    ["journalctl -o short-precise", () => "Jul 04 21:28:32.123456 host kernel: ", null],
    ["journalctl -o short-full", () => "Thu 2024-07-04 21:28:32 UTC host kernel: ", "2024-07-04T21:28:32Z"],
    ["journalctl -o short-unix", () => "1720128512.500000 host kernel: ", "2024-07-04T21:28:32.500Z"],
    ["journalctl -o short-monotonic", () => "[ 4242.123456] host kernel: ", null],
    ["journalctl in another language", () => "мая 26 23:02:22 host kernel: ", null],
    ["dmesg -T in another language", () => "[Mär 12 Di 03:54:03 2025] ".replace("Mär 12 Di", "Di Mär 12"), null],
    ["dmesg with its caller", () => "[   42.123456] [ T1234] ", null],
    ["dmesg with its caller, no space", () => "[   42.123456][    C1] ", null],
    ["a console", () => "<4>[   42.123456] ", null],
    ["Talos", () => "kern: warning: [2026-01-12T20:27:31.913975631Z]: ", "2026-01-12T20:27:31.913Z"],
    [
      "a hypervisor's log of its guest",
      () => "2023-12-04T10:49:30.127Z In(05) vcpu-5 - Guest: <6>[39291577.009360] ",
      "2023-12-04T10:49:30.127Z",
    ],
    ["/dev/kmsg", (line) => `4,${1000 + line},42123456,-;`, null],
    ["a container's log", () => "node-1  | [   42.123456] ", null],
  ])("%s", (_name, prefix, time) => {
    const kill = only(prefixed(newReport(), prefix));
    expect(facts(kill)).toEqual(plain);
    expect(kill.time).toBe(time);
  });

  test("journalctl -o json", () => {
    const entries = newReport()
      .split("\n")
      .map((text, line) =>
        JSON.stringify({
          __REALTIME_TIMESTAMP: String(1720128512000000 + line),
          _SOURCE_MONOTONIC_TIMESTAMP: "4242123456",
          SYSLOG_IDENTIFIER: "kernel",
          PRIORITY: "4",
          MESSAGE: text,
          _TRANSPORT: "kernel",
        }),
      );
    const kill = only(entries.join("\n"));
    expect(facts(kill)).toEqual(plain);
    expect(kill).toMatchObject({ time: "2024-07-04T21:28:32Z", uptimeSeconds: 4242.123456 });
  });

  test("journalctl -o export", () => {
    const entries = newReport()
      .split("\n")
      .map(
        (text, line) =>
          `__CURSOR=s=1;i=${line}\n__REALTIME_TIMESTAMP=${1720128512000000 + line}\n_TRANSPORT=kernel\nPRIORITY=4\nMESSAGE=${text}\n_HOSTNAME=host\n`,
      );
    const kill = only(entries.join("\n"));
    expect(facts(kill)).toEqual(plain);
    expect(kill.time).toBe("2024-07-04T21:28:32Z");
  });

  test("an alert that carries the kernel's line", () => {
    const line = newReport().split("\n").at(-2) ?? "";
    const alert = {
      timestamp: "2026-06-11T14:22:20.511+0000",
      rule: { id: "5108" },
      full_log: `Jun 11 14:22:20 worker-2 kernel: [857400.388400] ${line}`,
      location: "/var/log/syslog",
    };
    expect(only(JSON.stringify(alert))).toMatchObject({
      process: "java",
      pid: 90210,
      time: "2026-06-11T14:22:20.511Z",
      uptimeSeconds: 857400.3884,
    });
    expect(only(JSON.stringify({ attachments: [{ text: alert.full_log }] }, null, 2))).toMatchObject({ process: "java", pid: 90210 });
  });

  test("Windows line ends", () => {
    expect(only(newReport().replaceAll("\n", "\r\n"))).toEqual(only(newReport()));
  });

  test("names of other alphabets, from text and from bytes", () => {
    const text = newReport({ process: "café-süß" });
    expect(only(text).process).toBe("café-süß");
    expect(only(Buffer.from(text).toString("latin1")).process).toBe("café-süß");
    expect(only("4,1,2,-;Out of memory: Killed process 4 (caf\\xc3\\xa9) total-vm:12kB, anon-rss:12kB").process).toBe("café");
  });

  test.each(["a) total-vm:9kB", "((sd-pam))", "x invoked oom-k", "a,pid=1,uid=0", "npm start", "Web Content", "a (deleted) ("])(
    "a process called %s",
    (process) => {
      expect(only(newReport({ process, trigger: { process, pid: 90210 } }))).toMatchObject({
        process,
        pid: 90210,
        trigger: { process, pid: 90210 },
      });
      expect(only(oldReport({ process }))).toMatchObject({ process, pid: 4711 });
    },
  );
});

describe("one kill, however often it is in the log", () => {
  const syslog = prefixed(newReport(), () => "Jun 11 14:22:20 host kernel: [857400.388400] ");

  test.each([
    ["syslog and kern.log behind each other", syslog + syslog],
    [
      "each line twice",
      syslog
        .split("\n")
        .flatMap((line) => [line, line])
        .join("\n"),
    ],
    [
      "dmesg and the journal",
      prefixed(newReport(), () => "[857400.388400] ") + prefixed(newReport(), () => "2026-06-11T14:22:20+0000 host kernel: "),
    ],
    ["local time and UTC", syslog.replaceAll(/ \[857400.388400\]/g, "") + prefixed(newReport(), () => "Jun 11 16:22:21 host kernel: ")],
    [
      "the kill's line repeated by a daemon",
      `${syslog}I0611 14:22:21.1 1 oom_watcher.go:5] Cgroup OOM encountered, victim process: java, pid: 90210\n`,
    ],
    [
      "the reaper's line",
      `${syslog}Jun 11 14:22:20 host kernel: [857400.45] oom_reaper: reaped process 90210 (java), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB\n`,
    ],
    ["the kill's line first, the report later", `${syslog.split("\n").at(-2)}\n${syslog}`],
  ])("%s", (_name, text) => {
    expect(only(text)).toMatchObject({ containerId: CONTAINER, limitBytes: 2 ** 30, anonRssBytes: 1032000 * 1024, taskCount: 2 });
  });

  test("the same pid and name at another time is another kill", () => {
    const later = prefixed(newReport(), () => "Jun 11 18:40:20 host kernel: [872880.388400] ");
    expect(readKernelLog(syslog + later).kills).toHaveLength(2);
    expect(readKernelLog(syslog + newReport().replace("anon-rss:1032000kB", "anon-rss:1032004kB")).kills).toHaveLength(2);
  });

  test("duplicates are counted", () => {
    expect(readKernelLog(syslog + syslog)).toMatchObject({ duplicates: 1 });
  });
});

describe("reports of which somebody left a part out", () => {
  const OF_THE_HEAD = /invoked oom-killer|cpuset=|PID: |Call Trace|dump_stack|<\/?TASK>|oom_kill|mem_cgroup_out/;
  const headless = (report: string): string =>
    report
      .split("\n")
      .filter((line) => !OF_THE_HEAD.test(line) && !line.startsWith("Task in"))
      .join("\n");

  test("without its head: limit, cgroup and table in front of the kill are read", () => {
    expect(only(headless(newReport()))).toMatchObject({ limitBytes: 2 ** 30, podUid: POD_UID, oomScoreAdj: 995, taskCount: 2 });
    expect(only(headless(oldReport()))).toMatchObject({ limitBytes: 2 ** 29, containerId: CONTAINER, oomScoreAdj: 500, certain: true });
    const bare = headless(oldReport()).replace(/^memory: usage.*$/m, "");
    expect(only(bare.slice(bare.indexOf("Memory cgroup stats")))).toMatchObject({ containerId: CONTAINER, oomScoreAdj: 500 });
  });

  test("the kernel's release is read from what is left of the head", () => {
    const [, ...rest] = newReport().split("\n");
    expect(readKernelLog(rest.join("\n"))).toMatchObject({ kernel: "6.8.0-48-generic", kills: [{ pid: 90_210, trigger: null }] });
    expect(readKernelLog(headless(newReport())).kernel).toBeNull();
  });

  test.each([
    ["colours", (line: string) => `\u001B[32m[   12.345678] \u001B[0m\u001B[31m${line}\u001B[0m`],
    ["what a vendor puts in front, without a space", (line: string) => `<3>[   12.345678] -(0)[4141:kswapd0]${line}`],
    ["a column of a table", (line: string) => `"2026-03-04T05:06:07.000+0200",node-3,"${line}"`],
  ])("the limit is read behind %s", (_name, front) => {
    const text = newReport()
      .split("\n")
      .map((line) => (line === "" ? "" : front(line)))
      .join("\n");
    expect(only(text)).toMatchObject({ limitBytes: 2 ** 30, containerId: CONTAINER, oomScoreAdj: 995 });
  });

  test("two without a head are not mixed up", () => {
    const other = headless(oldReport({ pid: 4812, process: "second", cgroup: "/batch" })).replace("limit 524288kB", "limit 262144kB");
    const { kills, reportsWithoutVictim } = readKernelLog(`${headless(oldReport())}${other}`);
    expect(kills).toMatchObject([
      { pid: 4711, containerId: CONTAINER, limitBytes: 2 ** 29 },
      { pid: 4812, containerId: null, oomCgroup: "/batch", limitBytes: 2 ** 28 },
    ]);
    expect(reportsWithoutVictim).toBe(0);
  });

  test("a head alone says that the kernel tried", () => {
    const { isOom, kills, reportsWithoutVictim } = readKernelLog("memory: usage 9kB, limit 9kB, failcnt 4\n");
    expect({ isOom, kills, reportsWithoutVictim }).toEqual({ isOom: true, kills: [], reportsWithoutVictim: 1 });
  });

  test("figures that were left out of the kill's line are missing, the others are not", () => {
    expect(only("Memory cgroup out of memory: Killed process 61 (loader) anon-rss:2048kB\n")).toMatchObject({
      process: "loader",
      anonRssBytes: 2 * 2 ** 20,
      totalVmBytes: null,
    });
    expect(
      only(
        "[ 1.000001] probe invoked oom-killer\n[ 1.000002] [  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name\n[ 1.000003] [   61]     0    61   5000   4000  81920        0           -17 loader\n[ 1.000004] Out of memory: Killed process 61 (loader)\n",
      ),
    ).toMatchObject({ oomScoreAdj: -17, trigger: { process: "probe" } });
  });

  test("memory.oom.group: the one that was chosen is told of twice and counted once", () => {
    const killed = (pid: number): string =>
      `Memory cgroup out of memory: Killed process ${pid} (farm) total-vm:9000kB, anon-rss:${pid}kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:8kB oom_score_adj:0`;
    const lines = [
      "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/farm,task_memcg=/farm,task=farm,pid=301,uid=0",
      killed(301),
      "Tasks in /farm are going to be killed due to memory.oom.group set",
      killed(300),
      killed(301),
    ];
    const { kills, duplicates } = readKernelLog(lines.map((line, at) => `[  90.${String(at).padStart(6, "1")}] ${line}\n`).join(""));
    expect(kills.map(({ pid, cgroup }) => ({ pid, cgroup }))).toEqual([
      { pid: 301, cgroup: "/farm" },
      { pid: 300, cgroup: "/farm" },
    ]);
    expect(duplicates).toBe(1);
  });
});

describe("killers beside the kernel", () => {
  test("systemd-oomd: pressure and swap, the count from systemd", () => {
    const scope = "/user.slice/user-1000.slice/user@1000.service/app.slice/app-gnome-x\\x2dy-25.scope";
    const { kills } =
      readKernelLog(`2026-04-12T19:04:42+0100 host systemd-oomd[939]: Considered 97 cgroups for killing, top candidates were:
2026-04-12T19:04:42+0100 host systemd-oomd[939]: Killed ${scope} due to memory pressure for /user.slice/user-1000.slice/user@1000.service being 62.95% > 50.00% for > 20s with reclaim activity
2026-04-12T19:04:42+0100 host systemd[1]: app-gnome-x\\x2dy-25.scope: systemd-oomd killed 37 process(es) in this unit.
2026-04-12T20:04:42+0100 host systemd-oomd[939]: Killed /system.slice/httpd.service due to memory used (16429854720) / total (16673832960) and swap used (8000000000) / total (8589934592) being more than 90.00%
`);
    expect(kills).toMatchObject([
      {
        killer: "systemd-oomd",
        process: null,
        pid: null,
        cgroup: scope,
        constraint: "unknown",
        time: "2026-04-12T18:04:42Z",
        taskCount: 37,
        why: expect.stringContaining("62.95% > 50.00%"),
      },
      { killer: "systemd-oomd", cgroup: "/system.slice/httpd.service", constraint: "global" },
    ]);
  });

  test("systemd's count alone", () => {
    expect(only("Apr 12 19:04:42 host systemd[1]: run-u5.scope: systemd-oomd killed 3 process(es) in this unit.")).toMatchObject({
      killer: "systemd-oomd",
      taskCount: 3,
      why: "3 processes of run-u5.scope",
    });
  });

  test("Talos", () => {
    const prefix = (second: number): string => `user: warning: [2026-01-12T20:27:${second}.913975631Z]: [talos] `;
    const of = '"component": "controller-runtime", "controller": "runtime.OOMController"';
    const { kills, isOom } = readKernelLog(`${prefix(31)}OOM controller triggered {${of}}
${prefix(31)}Sending SIGKILL to cgroup {${of}, "cgroup": "/sys/fs/cgroup/kubepods/burstable/pod${POD_UID}"}
${prefix(31)}victim processes: {${of}, "processes": [56372]}
`);
    expect(isOom).toBe(true);
    expect(kills).toMatchObject([
      { killer: "talos", podUid: POD_UID, pid: 56372, cgroup: `/kubepods/burstable/pod${POD_UID}`, constraint: "global" },
    ]);
  });

  test.each([
    ['sending SIGTERM to process 7378 uid 1000 "tail": badness 156, VmRSS 4962 MiB', 7378, "tail"],
    ['sending SIGTERM to process 12006 "python3": badness 209, VmRSS 2891 MiB', 12006, "python3"],
    ['killing process 27541 "bash" with signal 15: badness 550, VmRSS 7609 MiB', 27541, "bash"],
    ["Killing process 'tail' with signal 15, pid: 24059, badness: 997, VmRSS: 4278 MiB", 24059, "tail"],
  ])("earlyoom: %s", (line, pid, process) => {
    const head = "Jul 18 08:23:17 host earlyoom[260]: ";
    const text = `${head}sending SIGTERM when mem <= 10.00% and swap <= 10.00%,\n${head}low memory! at or below SIGTERM limits: mem 10.00%, swap 10.00%\n${head}${line}\n${head}${line.replace("TERM", "KILL")}\n`;
    expect(only(text)).toMatchObject({ killer: "earlyoom", pid, process, anonRssBytes: null, constraint: "global" });
  });

  test("nohang: the victim stands above", () => {
    const text = `Feb 12 14:31:46 host nohang[530]: TOP printed in 1ms; process with highest badness:
Feb 12 14:31:46 host nohang[530]:   PID: 903309, name: mysqld, badness: 849
Feb 12 14:31:46 host nohang[530]: Implement a corrective action:
Feb 12 14:31:46 host nohang[530]:   Send SIGTERM to the victim; total response time: 2255 ms
`;
    expect(only(text)).toMatchObject({ killer: "nohang", pid: 903309, process: "mysqld" });
  });

  test("systemd-oomd since 258 marks what it then kills", () => {
    const head = "[   61.100001] ";
    const text = `${head}systemd-oomd[71]: Marked /system.slice/batch.service for killing due to memory pressure for /system.slice being 71.20% > 60.00% for > 9s with reclaim activity
${head}systemd[1]: batch.service: systemd-oomd killed 4 process(es) in this unit.
`;
    expect(only(text)).toMatchObject({
      killer: "systemd-oomd",
      cgroup: "/system.slice/batch.service",
      taskCount: 4,
      constraint: "unknown",
    });
  });

  test("Facebook's oomd, from the kernel's buffer", () => {
    const line =
      "<6>[ 4242.000007] oomd kill: 70.01 65.02 12.03 workload.slice/render.service 123456 ruleset:[protect] detectorgroup:[slow] killer:[by_size] v2";
    expect(only(line)).toMatchObject({ killer: "oomd", cgroup: "/workload.slice/render.service", constraint: "unknown", process: null });
  });

  test.each([
    {
      by: "its driver",
      text: "<6>lowmemorykiller: Killing 'ore.maps.engine' (3101), adj 1000,\n<6>   to free 20000kB on behalf of 'kswapd0' (77) because\n",
      is: { process: "ore.maps.engine", oomScoreAdj: 1000 },
    },
    {
      by: "its driver, in the kernel's buffer",
      text: "6,11,900004,-;lowmemorykiller: Killing 'ore.maps.engine' (3101), adj 906,\\x0a   to free 1kB\n",
      is: { process: "ore.maps.engine", oomScoreAdj: 906 },
    },
    {
      by: "its daemon",
      text: "03-04 05:06:07.008   650   650 I lowmemorykiller: Kill 'org.example.maps' (3101), uid 10077, oom_score_adj 925 to free 90000kB rss, 400kB swap; reason: low watermark is breached\n",
      is: { process: "org.example.maps", oomScoreAdj: 925, uid: 10_077, why: "the device's memory was low (low watermark is breached)" },
    },
  ])("Android: $by", ({ text, is }) => {
    expect(only(text)).toMatchObject({ killer: "lowmemorykiller", pid: 3101, constraint: "global", anonRssBytes: null, ...is });
  });

  test("earlyoom that was not allowed to kill has killed nobody for sure; one that waits in vain has sent its signal", () => {
    const sent = 'sending SIGTERM to process 4173 uid 0 "collector": badness 1001, VmRSS 31 MiB\n';
    expect(only(`${sent}kill failed: Operation not permitted\n`)).toMatchObject({ pid: 4173, certain: false });
    expect(only(`${sent}kill failed: Timer expired\n`)).toMatchObject({ pid: 4173, certain: true });
  });

  test("systemd's word on what systemd-oomd killed is no second kill", () => {
    const head = "Jul 18 08:23:17 host ";
    const text = `${head}systemd-oomd[9]: Killed /system.slice/httpd.service due to memory used (1) / total (2) and swap used (1) / total (2) being more than 90.00%\n${head}systemd[1]: httpd.service: Failed with result 'oom-kill'.\n`;
    expect(readKernelLog(text)).toMatchObject({ kills: [{ killer: "systemd-oomd" }], units: [] });
    expect(readKernelLog(`${head}systemd[1]: httpd.service: Failed with result 'oom-kill'.\n`)).toMatchObject({
      isOom: true,
      units: ["httpd.service"],
    });
  });

  test("systemd's word alone: a unit was hit, by whom and what is not known", () => {
    const text = "Jul 18 08:23:17 host systemd[1]: api.service: A process of this unit has been killed by the OOM killer.\n";
    expect(readKernelLog(text)).toMatchObject({ isOom: true, kills: [], units: ["api.service"] });
  });
});

describe("no kill", () => {
  test.each([
    [
      "a failed allocation",
      "[638074.104526] kswapd0: page allocation failure: order:0, mode:0x40cc0(GFP_KERNEL), nodemask=(null),cpuset=/,mems_allowed=0\n[638074.2] Mem-Info:\n[638074.3] active_anon:1 inactive_anon:2\n",
    ],
    [
      "a search for one",
      "Jun 11 14:22:20 host sudo[12]: ops : TTY=pts/0 ; COMMAND=/usr/bin/grep -iE 'invoked oom-killer|Killed process' /var/log/syslog\n",
    ],
    [
      "scores",
      "Jun 11 14:22:20 host sshd[5]: Set /proc/self/oom_score_adj to 0\n[1.0] udevd (22): /proc/22/oom_adj is deprecated, please use /proc/22/oom_score_adj instead.\n",
    ],
    [
      "a signal",
      "Jun 11 14:22:20 host systemd[1]: x.service: Main process exited, code=killed, status=9/KILL\nJun 11 14:22:21 host supervisord[9]: Killed process 77 (worker)\n",
    ],
    [
      "daemons at ease",
      "Jun 11 14:22:20 host systemd[1]: Started systemd-oomd.service - Userspace Out-Of-Memory (OOM) Killer.\nJun 11 14:22:20 host earlyoom[1]: mem avail: 9700 of 13855 MiB (70.00%), swap free: 0 of 0 MiB (0.00%)\n",
    ],
    [
      "a heap",
      "java.lang.OutOfMemoryError: Java heap space\nFATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n",
    ],
    ["a Redis", "OOM command not allowed when used memory > 'maxmemory'.\n"],
    ["nothing", ""],
  ])("%s", (_name, text) => {
    expect(readKernelLog(text)).toMatchObject({ isOom: false, kills: [], reportsWithoutVictim: 0 });
  });
});

describe("a log of any length", () => {
  const noise = Array.from(
    { length: 3000 },
    (_, at) => `Jun 11 14:22:${at % 60} host systemd[1]: Started session ${at} of user root, room bloom zoom.\n`,
  ).join("");

  test.each([1, 7, 100, 4096, 65_536])("in pieces of %i characters it reads as in one", (size) => {
    const text = noise.slice(0, size < 100 ? 2000 : undefined) + oldReport() + noise.slice(0, 9000) + newReport() + noise.slice(0, 500);
    const scan = new KernelLogScan();
    for (let at = 0; at < text.length; at += size) scan.push(text.slice(at, at + size));
    const reading = scan.end();
    expect(reading.kills).toHaveLength(2);
    expect(reading).toEqual(readKernelLog(text));
  });

  test("a report is kept whole through thousands of tasks and lines of others", () => {
    const rows = Array.from(
      { length: 20_000 },
      (_, at) =>
        `[${100000 + at}]  1000 ${100000 + at}     ${500 + at}      ${at}        0      128         0    28672        0             0 php-fpm`,
    ).join("\n");
    const text = newReport().replace("[  90210]", `${noise.slice(0, 50_000)}${rows}\n[  90210]`);
    expect(only(text)).toMatchObject({
      taskCount: 20_002,
      tasks: expect.arrayContaining([expect.objectContaining({ process: "java" })]),
      containerId: CONTAINER,
    });
  });

  test("a line without end is not kept, and what stands in it is found", () => {
    const line = newReport().split("\n").at(-2) ?? "";
    const text = `{"items":[${'{"a":1},'.repeat(40_000)}{"message":${JSON.stringify(line)}},${'{"a":1},'.repeat(40_000)}{}]}`;
    const scan = new KernelLogScan();
    for (let at = 0; at < text.length; at += 10_000) scan.push(text.slice(at, at + 10_000));
    expect(scan.end().kills).toMatchObject([{ process: "java", pid: 90210 }]);
  });

  test("beyond ten thousand, kills are only counted", () => {
    const text = Array.from(
      { length: 10_050 },
      (_, at) => `[${at}.000000] Out of memory: Killed process ${at + 1} (x) total-vm:12kB, anon-rss:12kB, file-rss:0kB\n`,
    ).join("");
    const reading = readKernelLog(text);
    expect([reading.kills.length, reading.omitted]).toEqual([10_000, 50]);
  });
});
