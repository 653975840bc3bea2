import { describe, expect, test } from "vitest";
import type { AlertFacts } from "../../src/domain/alert.ts";
import { createJudge } from "../../src/alerts/judge.ts";
import { readAlert } from "../../src/alerts/read-alert.ts";

const judge = createJudge();
const read = (text: string) => readAlert({ text, botId: "B0BOT" }, judge).alerts[0];
const sent = (labels: AlertFacts["labels"], text = "") =>
  judge({ name: labels["alertname"] ?? null, status: "firing", severity: null, labels, text }, "alertmanager");

describe("swap", () => {
  test.each([
    ["that fills may just be small", "[FIRING:1] HostSwapIsFillingUp (gw-2:9100 node warning)", "unsure", "gw-2"],
    ["that is named critical", "[FIRING:1] HostSwapCritical (gw-2:9100 node critical)", "yes", "gw-2"],
    ["that is full", "WARN gw-porto: swap 100% used, 1.1% of RAM free", "yes", "gw-porto"],
    [
      "by Nagios, in its mail's subject",
      "** PROBLEM Service Alert: gw-porto/Swap Usage is WARNING **\nSWAP WARNING - 18% free",
      "unsure",
      "gw-porto",
    ],
    ["of something else", "Token swap is full, retry later", "no", undefined],
  ])("%s", (_what, text, ...[memory, host]) => {
    const alert = read(text);
    expect(alert?.memory).toBe(memory);
    expect(alert?.subject.hosts.at(-1)).toBe(host);
  });

  test("of a critical rule, and of one that says that the machine swaps all the time", () => {
    const instance = "gw-2:9100";
    expect(sent({ alertname: "NodeSwapHigh", instance, severity: "critical" })).toMatchObject({ memory: "yes", class: "node_memory_high" });
    expect(sent({ alertname: "HostSwapThrashing", instance })).toMatchObject({ memory: "yes", subject: { hosts: [instance, "gw-2"] } });
    expect(sent({ alertname: "NodeSwapHigh", instance, severity: "warning" }).memory).toBe("unsure");
  });
});

describe("a machine", () => {
  test.each([
    ["by a bare word, the only one of a title", "[FIRING:1] HostOutOfMemory (borealis node-exporter critical)", "borealis"],
    ["not by what it is for", "[FIRING:1] HostOutOfMemory (prod critical)", undefined],
    ["not by one of several words", "[FIRING:1] HostOutOfMemory (iberia borealis critical)", undefined],
    ["by its domain name", "High memory usage on app-2.example.com: 97%", "app-2.example.com"],
    ["by its domain name, in French", "ALERTE : mémoire à 96 % sur app-2.example.com", "app-2.example.com"],
    ["called so in Polish", "UWAGA: wysokie użycie pamięci RAM na serwerze dock-porto: 94%", "dock-porto"],
    ["called so in Russian", "На сервере dock-porto заканчивается оперативная память: свободно 3%", "dock-porto"],
  ])("is known %s", (_what, text, host) => {
    expect(read(text)).toMatchObject({
      memory: "yes",
      class: "node_memory_high",
      subject: { about: "node", hosts: host === undefined ? [] : [host] },
    });
  });

  test("is not meant where a program listens on it, or is named beside it", () => {
    expect(read("[ALERT] memory 97% cache-1.example.com:6379")).toMatchObject({ class: "memory_high", subject: { about: "unknown" } });
    expect(read("Resource limit matched for nginx on edge-9.example.com\nmem usage of 88.0% matches resource limit")?.class).toBe(
      "memory_high",
    );
  });

  test("is what its exporter measures; the exporter itself is none", () => {
    const labels = { alertname: "MemoryUsageHigh", job: "node-exporter" };
    expect(sent({ ...labels, instance: "borealis" })).toMatchObject({ class: "node_memory_high", subject: { hosts: ["borealis"] } });
    expect(sent({ ...labels, instance: "node_exporter:9100" }).class).toBe("memory_high");
  });

  test("in front of a kernel's line without a date", () => {
    const alert = read("borealis kernel: node invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0");
    expect(alert).toMatchObject({ memory: "yes", subject: { hosts: ["borealis"] } });
  });

  test("of a kill as kubectl lists it among events", () => {
    const line = "Memory cgroup out of memory: Killed process 123 (java) total-vm:4kB, anon-rss:4kB, file-rss:0kB";
    expect(read(`Warning  OOMKilling  node/ip-10-0-3-17  ${line}`)).toMatchObject({
      memory: "yes",
      subject: { about: "node", hosts: ["ip-10-0-3-17"] },
    });
  });

  test("that reclaims memory is short of it; one that reclaims disk is not", () => {
    expect(read("EvictionThresholdMet node/wk-7 Attempting to reclaim memory")).toMatchObject({
      memory: "yes",
      subject: { hosts: ["wk-7"] },
    });
    expect(read("EvictionThresholdMet node/wk-7 Attempting to reclaim ephemeral-storage")?.memory).toBe("no");
  });

  test("that is busy is not short of memory for naming it in a list", () => {
    expect(read("[ALERT] load average 31.2 on gw-2\nTop: java 312% CPU 12% MEM")?.memory).toBe("no");
    expect(read("[ALERT] load average 31.2 on gw-2, memory usage 97%")?.memory).toBe("yes");
  });
});

test("a time in a sentence is no label: Zabbix's `Problem started at 03:12:44`", () => {
  const zabbix = read("Problem started at 03:12:44 on 2026.11.22\nProblem name: High memory utilization\nHost: db-7\nEvent time: 03:12:44");
  expect(zabbix).toMatchObject({
    memory: "yes",
    labels: { "Problem name": "High memory utilization", Host: "db-7", "Event time": "03:12:44" },
  });
  expect(Object.keys(zabbix?.labels ?? {})).not.toContain("Problem started at 03");
});
