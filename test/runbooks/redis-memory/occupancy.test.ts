import { describe, expect, test } from "vitest";

import { limitInWords, occupancyOf, reason, ttlShareOf, usageReason } from "../../../src/runbooks/redis-memory/occupancy.ts";
import { unknownNode } from "../../../src/runbooks/redis-memory/picture.ts";
import { MIB, nodeWith, slowClient } from "./pictures.ts";

describe("how full a server is", () => {
  test("comes from other evidence where INFO is forbidden", () => {
    const node = {
      ...unknownNode("10.0.0.5:6379"),
      config: { evidenceId: "ev_config", value: { maxmemory: String(100 * MIB), "maxmemory-policy": "allkeys-lru" } },
      memoryStats: { evidenceId: "ev_stats", value: { "total.allocated": 25 * MIB, "replication.backlog": MIB } },
    };
    expect(occupancyOf(node)).toMatchObject({ usedBytes: 25 * MIB, share: 0.25, policy: "allkeys-lru", backlogBytes: MIB });
  });

  test("has no share without a limit, and a limit that is no number is none that is known", () => {
    expect(occupancyOf(nodeWith({ maxmemory: "0" })).share).toBeUndefined();
    const odd = { ...unknownNode("x"), config: { evidenceId: "ev", value: { maxmemory: "lots" } } };
    expect(occupancyOf(odd).maxmemoryBytes).toBeUndefined();
    expect([undefined, 0, 64 * MIB].map(limitInWords)).toEqual(["maxmemory unknown", "no maxmemory set", "maxmemory 64.0 MiB"]);
  });

  test("takes the larger of two figures for client buffers, and says when one is rough", () => {
    const listed = nodeWith({ mem_clients_normal: String(MIB) }, { clients: slowClient(3 * MIB) });
    expect(occupancyOf(listed)).toMatchObject({ clientBytes: 3 * MIB, clientBytesRough: false });
    const old = nodeWith({ mem_clients_normal: "0", client_longest_output_list: "10" });
    expect(occupancyOf(old)).toMatchObject({ clientBytes: 10 * 16 * 1024, clientBytesRough: true });
  });

  test("believes the configured limit of the host before what the server sees", () => {
    expect(occupancyOf(nodeWith({}))).toMatchObject({ hostBytes: 16 * 1024 * MIB, hostSure: false });
    expect(occupancyOf(nodeWith({}, { limitBytes: 512 * MIB }))).toMatchObject({ hostBytes: 512 * MIB, hostSure: true });
  });

  test("does not go below nothing where more is not counted than is used", () => {
    expect(occupancyOf(nodeWith({ used_memory: "10", mem_not_counted_for_evict: "20" })).countedBytes).toBe(0);
  });
});

test("an empty server has no share of keys with a TTL, which is not the same as none", () => {
  expect(ttlShareOf(nodeWith({ db0: "keys=4,expires=1" }))).toBe(0.25);
  expect(ttlShareOf(nodeWith({ db0: "keys=0,expires=0" }))).toBeUndefined();
  expect(ttlShareOf(unknownNode("x"))).toBeUndefined();
});

test("a reason names its server where there are several, and the step that is missing where nothing was read", () => {
  expect(reason({ ...nodeWith({}), oneOfMany: true }, "info", "full")).toEqual({ evidenceId: "ev_info", says: "10.0.0.5:6379: full" });
  expect(reason(nodeWith({}), "census", "not sampled")).toEqual({ evidenceId: "redis.census", says: "not sampled" });
  expect(usageReason(unknownNode("x")).says).toBe("memory use unknown, maxmemory unknown, policy unknown");
});
