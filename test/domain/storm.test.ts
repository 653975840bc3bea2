import { describe, expect, it } from "vitest";
import { isOver, nextToLookInto, placeIn, stormOf, traitsOf, worstFirst, type Newcomer, type StormMember } from "../../src/domain/storm.ts";

const SETTINGS = { ownThreads: 3, withinMs: 60_000, criticalThreads: 2, investigations: 2, replies: 5, quietMs: 300_000 };
const WORKLOAD = { kind: "workload", connection: "prod", resource: "deploy", namespace: "shop", name: "web" } as const;

const on = (node: string, severity: Newcomer["severity"] = "warning"): Newcomer => ({
  traits: [
    { kind: "node", value: node },
    { kind: "cluster", value: "prod" },
  ],
  severity,
});
const member = (incidentId: string, more: Partial<StormMember> = {}): StormMember => ({
  incidentId,
  stormId: "stm_1",
  runbookId: "workload-memory",
  target: { ...WORKLOAD, name: incidentId },
  problem: "workload-memory",
  state: "open",
  timesSeen: 1,
  openedAtMs: 0,
  look: "waiting",
  isOut: false,
  ...more,
});

describe("where a new incident is told", () => {
  const times = (count: number, newcomer: Newcomer): readonly Newcomer[] => Array.from({ length: count }, () => newcomer);

  it("is a thread of its own as long as people can follow", () => {
    expect(placeIn(SETTINGS, on("a"), { recent: times(2, on("a")), active: [] })).toEqual({ kind: "own-thread" });
  });

  it("is a storm by the most telling thing that it shares with those before", () => {
    const placing = placeIn(SETTINGS, on("a"), { recent: times(3, on("a")), active: [] });
    expect(placing).toEqual({ kind: "begin", trait: { kind: "node", value: "a" } });
    const others = placeIn(SETTINGS, on("b"), { recent: times(3, on("a")), active: [] });
    expect(others).toEqual({ kind: "begin", trait: { kind: "cluster", value: "prod" } });
  });

  it("is a storm of what happens at the same time where nothing is shared", () => {
    const stranger: Newcomer = { traits: [{ kind: "host", value: "local" }], severity: undefined };
    expect(placeIn(SETTINGS, stranger, { recent: times(3, on("a")), active: [] })).toEqual({
      kind: "begin",
      trait: { kind: "time", value: "" },
    });
  });

  it("is the storm that is under way, the one most like it, also when the rate has fallen", () => {
    const active = [
      { id: "stm_cluster", trait: { kind: "cluster", value: "prod" } },
      { id: "stm_node", trait: { kind: "node", value: "a" } },
    ] as const;
    expect(placeIn(SETTINGS, on("a"), { recent: [], active })).toEqual({ kind: "join", stormId: "stm_node" });
    expect(placeIn(SETTINGS, on("c"), { recent: [], active })).toEqual({ kind: "join", stormId: "stm_cluster" });
    expect(stormOf({ traits: [] }, active)).toBeUndefined();
  });

  it("is a thread of its own for what is critical, as far as the pace allows, whatever else goes on", () => {
    const active = [{ id: "stm_node", trait: { kind: "node", value: "a" } }] as const;
    const recent = [...times(3, on("a")), on("a", "critical")];
    expect(placeIn(SETTINGS, on("a", "critical"), { recent, active })).toEqual({ kind: "own-thread" });
    const full = [...recent, on("a", "critical")];
    expect(placeIn(SETTINGS, on("a", "critical"), { recent: full, active })).toEqual({ kind: "join", stormId: "stm_node" });
  });

  it("is one thread for all that is left once there are three storms", () => {
    const active = ["x", "y", "z"].map((value) => ({ id: `stm_${value}`, trait: { kind: "node", value } as const }));
    expect(placeIn(SETTINGS, on("a"), { recent: times(3, on("a")), active })).toEqual({
      kind: "begin",
      trait: { kind: "time", value: "" },
    });
  });
});

describe("what incidents may share", () => {
  it("is told by the target and by the alert's words, the most telling first", () => {
    const alert = {
      source: "alertmanager",
      labels: { node: "node-7", image: "shop/web:1.4" },
      subject: { about: "workload", names: [], hosts: ["node-8"] },
    } as const;
    expect(traitsOf(WORKLOAD, alert).map(({ kind, value }) => `${kind} ${value}`)).toEqual([
      "node node-7",
      "project web",
      "image shop/web:1.4",
      "namespace shop",
      "cluster prod",
      "source alertmanager",
    ]);
    expect(traitsOf({ kind: "docker", connection: "local", name: "web" })).toEqual([{ kind: "host", value: "local" }]);
  });
});

describe("the members of a storm", () => {
  it("stand the worst first, then the most reported, then the oldest; what is resolved last", () => {
    const all = [
      member("resolved", { severity: "critical", state: "resolved" }),
      member("quiet", { severity: "warning" }),
      member("loud", { severity: "warning", timesSeen: 9 }),
      member("critical", { severity: "critical", openedAtMs: 5 }),
      member("older", { severity: "critical", openedAtMs: 1 }),
      member("nobody-said"),
    ];
    expect(worstFirst(all).map(({ incidentId }) => incidentId)).toEqual(["older", "critical", "loud", "quiet", "nobody-said", "resolved"]);
  });

  it("are looked into so many at once, the worst of those who wait first", () => {
    const waiting = [member("b"), member("c", { severity: "critical" }), member("out", { isOut: true, severity: "critical" })];
    expect(nextToLookInto(waiting, SETTINGS).map(({ incidentId }) => incidentId)).toEqual(["c", "b"]);
    expect(nextToLookInto([...waiting, member("a", { look: "running" })], SETTINGS).map(({ incidentId }) => incidentId)).toEqual(["c"]);
    expect(nextToLookInto([...waiting, member("a", { look: "running" }), member("d", { look: "running" })], SETTINGS)).toEqual([]);
  });

  it("have come to rest when none is left to look into and none has come for a while", () => {
    const quiet = { nowMs: 400_000, quietMs: 300_000 };
    expect(isOver({ lastMemberAtMs: 100_000 }, [member("a", { look: "done" }), member("b", { state: "resolved" })], quiet)).toBe(true);
    expect(isOver({ lastMemberAtMs: 100_001 }, [member("a", { look: "done" })], quiet)).toBe(false);
    expect(isOver({ lastMemberAtMs: 0 }, [member("a")], quiet)).toBe(false);
    expect(isOver({ lastMemberAtMs: 0 }, [member("a", { isOut: true, look: "running" })], quiet)).toBe(true);
  });
});
