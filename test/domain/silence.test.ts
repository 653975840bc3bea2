import { describe, expect, it } from "vitest";
import { REDIS_REFUSAL_RULE } from "../../src/domain/alert-rule.ts";
import type { Incident } from "../../src/domain/incident.ts";
import {
  covers,
  coversIncident,
  coversWhole,
  formatSilenced,
  isGraveKill,
  labelsOf,
  noiseOf,
  severityOf,
  type Noise,
  type Silenced,
} from "../../src/domain/silence.ts";

const WEB = { kind: "workload", connection: "local", resource: "deploy", namespace: "shop", name: "web" } as const;
const NOISE: Noise = {
  target: WEB,
  problem: "workload-memory",
  channel: "C0ALERTS",
  labels: { namespace: ["shop"], Severity: ["page"] },
  severity: "warning",
  isKill: false,
};

describe("a silence covers", () => {
  it.each<[string, Silenced, boolean]>([
    ["the target", { kind: "target", pattern: "deploy/shop/web" }, true],
    ["a whole namespace", { kind: "target", pattern: "deploy/shop/*" }, true],
    ["the target in its problem", { kind: "target", pattern: "deploy/shop/web", problem: "workload-memory" }, true],
    ["not the target's other problem", { kind: "target", pattern: "deploy/shop/web", problem: "node-memory" }, false],
    ["not a target that only begins alike", { kind: "target", pattern: "deploy/shop/we" }, false],
    ["the problem", { kind: "problem", problem: "workload-memory" }, true],
    ["no other problem", { kind: "problem", problem: "redis-memory" }, false],
    ["a label", { kind: "label", name: "namespace", pattern: "shop" }, true],
    ["a label by the beginning of its value", { kind: "label", name: "namespace", pattern: "sh*" }, true],
    ["no label that is not there", { kind: "label", name: "team", pattern: "*" }, false],
    ["how bad it is, in the sender's word", { kind: "label", name: "severity", pattern: "page" }, true],
    ["how bad it is, in our word", { kind: "label", name: "severity", pattern: "warning" }, true],
    ["not what is worse", { kind: "label", name: "severity", pattern: "critical" }, false],
    ["the channel", { kind: "channel", channel: "C0ALERTS" }, true],
    ["no other channel", { kind: "channel", channel: "C0OTHER" }, false],
  ])("%s", (_, what, expected) => {
    expect(covers({ what, kills: false }, NOISE)).toBe(expected);
  });

  it("a kill only where that was asked for", () => {
    const what: Silenced = { kind: "target", pattern: "deploy/shop/*" };
    expect(covers({ what, kills: false }, { ...NOISE, isKill: true })).toBe(false);
    expect(covers({ what, kills: true }, { ...NOISE, isKill: true })).toBe(true);
  });

  it("nothing by its target whose target is not known", () => {
    const { target: _, problem: __, ...unknown } = NOISE;
    expect(covers({ what: { kind: "target", pattern: "*" }, kills: true }, unknown)).toBe(false);
    expect(covers({ what: { kind: "channel", channel: "C0ALERTS" }, kills: true }, unknown)).toBe(true);
  });

  const INCIDENT: Incident = {
    id: "inc_1",
    fingerprint: "deploy/shop/web workload-memory",
    target: WEB,
    problem: "workload-memory",
    state: "open",
    channel: "C0ALERTS",
    openedBy: { kind: "oomph" },
    openedAtMs: 0,
    lastSeenAtMs: 0,
    timesSeen: 1,
    severity: "critical",
    stormId: "stm_1",
    labels: { team: ["web"], zone: ["", "a"], pod: ["web-1", "web-2", "api-1"], severity: ["", "page", "warning"] },
  };

  it("an incident by target, problem, channel, storm and how bad it is", () => {
    expect(coversIncident({ what: { kind: "target", pattern: "deploy/*" } }, INCIDENT)).toBe(true);
    expect(coversIncident({ what: { kind: "storm", stormId: "stm_1" } }, INCIDENT)).toBe(true);
    expect(coversIncident({ what: { kind: "storm", stormId: "stm_2" } }, INCIDENT)).toBe(false);
    expect(coversIncident({ what: { kind: "label", name: "severity", pattern: "critical" } }, INCIDENT)).toBe(true);
    expect(coversIncident({ what: { kind: "label", name: "namespace", pattern: "shop" } }, INCIDENT)).toBe(false);
  });

  it.each([
    ["team=web", "all"],
    ["zone=a", "some"],
    ["zone=*", "some"],
    ["pod=web-*", "some"],
    ["pod=*", "all"],
    ["severity=page", "all"],
    ["severity=crit*", "all"],
    ["severity=warning", "some"],
    ["nobody=*", "none"],
  ])("an incident by the label %s: by %s of its alerts", (label, expected) => {
    const [name = "", pattern = ""] = label.split("=");
    const what: Silenced = { kind: "label", name, pattern };
    const some = coversIncident({ what }, INCIDENT) ? "some" : "none";
    expect(coversWhole({ what }, INCIDENT) ? "all" : some).toBe(expected);
  });

  it("an incident with a grave kill in it only with kills", () => {
    const what: Silenced = { kind: "target", pattern: "deploy/*" };
    const killed = noiseOf({ ...INCIDENT, labels: { class: ["memory_high", "oom_killed"] } });
    expect([covers({ what, kills: false }, killed), covers({ what, kills: true }, killed)]).toEqual([false, true]);
    const { severity: _, ...mild } = INCIDENT;
    expect(covers({ what, kills: false }, noiseOf({ ...mild, labels: { class: ["oom_killed"] } }))).toBe(true);
  });
});

describe("how an alert is weighed", () => {
  it("is its sender's word, and critical for a kill without one", () => {
    expect(severityOf({ severity: "info", class: "oom_killed" })).toBe("info");
    expect(severityOf({ severity: null, class: "oom_killed" })).toBe("critical");
    expect(severityOf({ severity: null, class: "out_of_memory" })).toBe("critical");
    expect(severityOf({ severity: null, class: "redis_memory", rule: REDIS_REFUSAL_RULE })).toBe("critical");
    expect(severityOf({ severity: null, class: "redis_memory", rule: "redis-words" })).toBeNull();
    expect(severityOf({ severity: null, class: "memory_high" })).toBeNull();
    expect(isGraveKill({ severity: null, class: "oom_killed" })).toBe(true);
    expect(isGraveKill({ severity: "warning", class: "oom_killed" })).toBe(false);
    expect(isGraveKill({ severity: "critical", class: "memory_high" })).toBe(false);
  });

  it("stands among its labels, where the sender's own go first", () => {
    const alert = {
      name: "PodMemoryHigh",
      severity: "warning",
      class: "memory_high",
      source: "alertmanager",
      labels: { severity: "page" },
    } as const;
    expect(labelsOf(alert)).toEqual({
      class: ["memory_high"],
      source: ["alertmanager"],
      alertname: ["PodMemoryHigh"],
      severity: ["page"],
    });
  });
});

it("is named as it is typed", () => {
  const all: readonly Silenced[] = [
    { kind: "target", pattern: "deploy/shop/*" },
    { kind: "target", pattern: "docker/kong", problem: "container-memory" },
    { kind: "problem", problem: "node-memory" },
    { kind: "label", name: "severity", pattern: "warning" },
    { kind: "channel", channel: "C0A" },
    { kind: "storm", stormId: "stm_1" },
  ];
  expect(all.map(formatSilenced)).toEqual([
    "deploy/shop/*",
    "docker/kong (container-memory)",
    "node-memory",
    "severity=warning",
    "#C0A",
    "stm_1",
  ]);
});
