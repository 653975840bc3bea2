import { describe, expect, it } from "vitest";
import type { Alert } from "../../src/domain/alert.ts";
import { matterOf, nameOf, roundOf, ROUND_MS, tellStrays, type Stray } from "../../src/domain/stray.ts";

const T0_MS = 1_790_000_000_000;
const stray = (index: number, more: Partial<Stray> = {}): Stray => ({
  id: `str_${index}`,
  channel: "C0ALERTS",
  roundMs: T0_MS,
  name: `redis-${index}`,
  source: "alertmanager",
  class: "redis_memory",
  severity: "warning",
  says: "RedisMemoryHigh",
  because: "This is about the memory of a Redis, but I do not know it.",
  count: 1,
  lastAtMs: T0_MS + index,
  ...more,
});
const ids = (strays: readonly Stray[]) => strays.map(({ id }) => id.slice(4));

describe("alerts about what is not known", () => {
  it("are asked about one by one, the first three; those that come after share a message, the worst and newest first", () => {
    const round = [
      stray(0),
      stray(1),
      stray(2, { severity: null }),
      stray(3),
      stray(4, { severity: null }),
      stray(5),
      stray(6, { severity: "critical" }),
      stray(7, { severity: "critical", chosen: { target: "redis/shop", userId: "U0REQUESTER" } }),
    ];
    const { alone, together } = tellStrays(round);
    expect([ids(alone), ids(together)]).toEqual([
      ["0", "1", "2"],
      ["6", "5", "3", "4", "7"],
    ]);
    expect(tellStrays(round.slice(0, 3)).together).toEqual([]);
  });

  it("keep their places in the list as more come, as far as none is worse", () => {
    const round = Array.from({ length: 9 }, (_, index) => stray(index));
    expect(ids(tellStrays(round).listed)).toEqual(["3", "4", "5", "6", "7", "8"]);
    const more = [...round, stray(9), stray(10, { severity: "critical" })];
    expect(ids(tellStrays(more).listed)).toEqual(["10", "3", "4", "5", "6", "7", "8", "9"]);
  });

  it("are of one round for half an hour from the first on, then a new one begins", () => {
    expect(roundOf(undefined, T0_MS)).toBe(T0_MS);
    expect(roundOf(T0_MS, T0_MS + ROUND_MS - 1)).toBe(T0_MS);
    expect(roundOf(T0_MS, T0_MS + ROUND_MS)).toBe(T0_MS + ROUND_MS);
  });

  const alert = (subject: Partial<Alert["subject"]>, more: Partial<Alert> = {}) =>
    ({ name: "HighMemory", kills: [], ...more, subject: { about: "redis", names: [], hosts: [], ...subject } }) as const;
  const kill: Alert["kills"][number] = {
    process: "node",
    pid: 42,
    constraint: "unknown",
    cgroup: null,
    oomCgroup: null,
    containerId: null,
    podUid: null,
    killer: "kernel",
    anonRssBytes: null,
    limitBytes: null,
    says: "The kernel killed node",
  };

  it("are one matter by what they name and where, whoever sends them", () => {
    const named = alert({ called: "billing", names: ["10.0.0.5:6379", "billing"], hosts: ["db-1"] });
    expect([nameOf(named), matterOf(named)]).toEqual(["billing", "redis db-1 billing"]);
    const killed = (more: Partial<typeof kill>) =>
      nameOf(alert({ about: "container", names: ["box"], hosts: ["box"] }, { kills: [{ ...kill, ...more }] }));
    expect(killed({})).toBe("node on box");
    expect(killed({ containerId: "4f1c".repeat(16), cgroup: "/docker/4f1c" })).toBe("node in 4f1c4f1c4f1c on box");
    expect(killed({ podUid: "0a1b2c3d-0000", containerId: "4f1c" })).toBe("node in pod 0a1b2c3d on box");
    expect(killed({ process: null, oomCgroup: "/system.slice/shop.service" })).toBe("a process in /system.slice/shop.service on box");
    const deep = killed({ oomCgroup: `/${"slice/".repeat(999)}shop` });
    expect([deep.length, deep.startsWith("node in /slice/"), deep.endsWith("/shop on box")]).toEqual([256, true, true]);
    const blank = nameOf(alert({}, { kills: [{ ...kill, process: " " }] }));
    expect([blank, nameOf(alert({ called: "\u3000\u0085" }))]).toEqual(["no name", "no name"]);
    expect(nameOf(alert({ about: "workload", pod: "web-1", namespace: "shop" }))).toBe("shop/web-1");
    expect(nameOf(alert({ about: "node", hosts: ["node-7"] }))).toBe("node-7");
    expect([nameOf(alert({})), matterOf(alert({}))]).toEqual(["HighMemory", "redis  HighMemory"]);
  });
});
