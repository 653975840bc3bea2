import { describe, expect, test } from "vitest";
import { diagnoseNode } from "../../../src/runbooks/redis-memory/diagnose-node.ts";
import { unknownNode } from "../../../src/runbooks/redis-memory/picture.ts";
import { censusOf, MIB, nodeWith, slowClient } from "./pictures.ts";

const FULL = { used_memory: String(256 * MIB + 100), db2: "keys=200000,expires=0,avg_ttl=0" };

const VERDICTS = [
  ["room to spare", nodeWith({}, { probe: "accepted" }), "healthy"],
  ["full, a write refused", nodeWith(FULL, { probe: "refused-oom" }), "full-under-noeviction"],
  ["full by INFO alone", nodeWith(FULL), "full-under-noeviction"],
  [
    "refused although the reading is a little under",
    nodeWith({ used_memory: String(250 * MIB) }, { probe: "refused-oom" }),
    "full-under-noeviction",
  ],
  [
    "volatile with hardly a TTL",
    nodeWith({ ...FULL, db0: "keys=10,expires=1,avg_ttl=1", maxmemory_policy: "volatile-lru" }),
    "full-without-ttl-under-volatile",
  ],
  [
    "volatile and refused with some TTLs left",
    nodeWith({ ...FULL, db2: "keys=10,expires=5", maxmemory_policy: "volatile-ttl" }, { probe: "refused-oom" }),
    "full-without-ttl-under-volatile",
  ],
  [
    "volatile with TTLs enough",
    nodeWith({ used_memory: String(256 * MIB), evicted_keys: "900", maxmemory_policy: "volatile-lru" }),
    "evicting-under-pressure",
  ],
  ["a cache at its limit", nodeWith({ ...FULL, evicted_keys: "5000", maxmemory_policy: "allkeys-lru" }), "evicting-under-pressure"],
  ["refused although any key may go", nodeWith({ ...FULL, maxmemory_policy: "allkeys-lru" }, { probe: "refused-oom" }), "undetermined"],
  [
    "a cache that will evict from now on",
    nodeWith({ used_memory: String(255 * MIB), maxmemory_policy: "allkeys-lru" }, { probe: "accepted" }),
    "near-full",
  ],
  ["volatile with TTLs, nothing evicted yet", nodeWith({ used_memory: String(255 * MIB), maxmemory_policy: "volatile-lru" }), "near-full"],
  [
    "resident memory near the limit, most of it holes",
    nodeWith({ maxmemory: "0", used_memory: String(100 * MIB), used_memory_rss: String(450 * MIB) }, { limitBytes: 512 * MIB }),
    "fragmentation",
  ],
  [
    "resident memory of the script engine is no fragmentation",
    nodeWith({ used_memory: String(100 * MIB), used_memory_rss: String(400 * MIB), used_memory_vm_total: String(280 * MIB) }),
    "healthy",
  ],
  ["94% full", nodeWith({ used_memory: String(241 * MIB) }, { probe: "accepted" }), "near-full"],
  [
    "full of client buffers",
    nodeWith({ ...FULL, mem_clients_normal: String(150 * MIB) }, { probe: "refused-oom", clients: slowClient(150 * MIB) }),
    "client-output-buffers",
  ],
  [
    "buffers evict a cache",
    nodeWith(
      { ...FULL, maxmemory_policy: "allkeys-lru", evicted_keys: "9", mem_clients_normal: String(150 * MIB) },
      { clients: slowClient(150 * MIB) },
    ),
    "client-output-buffers",
  ],
  [
    "buffers seen in the list of clients only",
    nodeWith({ ...FULL, mem_clients_normal: "0" }, { clients: slowClient(150 * MIB) }),
    "client-output-buffers",
  ],
  [
    "many queued replies on Redis 3",
    nodeWith({ ...FULL, mem_clients_normal: "", client_longest_output_list: "9000" }),
    "client-output-buffers",
  ],
  [
    "nearly full of client buffers",
    nodeWith(
      { used_memory: String(240 * MIB), mem_clients_normal: String(150 * MIB) },
      { probe: "accepted", clients: slowClient(150 * MIB) },
    ),
    "client-output-buffers",
  ],
  [
    "full of keys, with buffers that are merely noticeable",
    nodeWith({ ...FULL, mem_clients_normal: String(30 * MIB) }, { probe: "refused-oom" }),
    "full-under-noeviction",
  ],
  ["full of replication backlog", nodeWith({ ...FULL, mem_replication_backlog: String(120 * MIB) }), "replication-backlog"],
  ["full of scripts", nodeWith({ ...FULL, used_memory_scripts: String(120 * MIB) }), "script-memory"],
  [
    "replica buffers do not count against maxmemory",
    nodeWith({ used_memory: String(300 * MIB), mem_not_counted_for_evict: String(260 * MIB) }, { probe: "accepted" }),
    "healthy",
  ],
  [
    "replica buffers hold most of what is used",
    nodeWith({ used_memory: String(300 * MIB), mem_not_counted_for_evict: String(260 * MIB), mem_clients_slaves: String(260 * MIB) }),
    "replication-backlog",
  ],
  ["fragmented at 400 MiB", nodeWith({ used_memory: String(100 * MIB), used_memory_rss: String(400 * MIB) }), "fragmentation"],
  ["a high ratio at a few MiB", nodeWith({ used_memory: String(2 * MIB), used_memory_rss: String(20 * MIB) }), "healthy"],
  [
    "no limit, the host nearly full",
    nodeWith({ maxmemory: "0", used_memory: String(14_000 * MIB), used_memory_rss: String(14_500 * MIB) }),
    "no-maxmemory-near-host-limit",
  ],
  ["no limit, the container nearly full", nodeWith({ maxmemory: "0" }, { limitBytes: 50 * MIB }), "no-maxmemory-near-host-limit"],
  ["a limit above the container's", nodeWith({}, { limitBytes: 50 * MIB }), "no-maxmemory-near-host-limit"],
  ["no limit, room to spare", nodeWith({ maxmemory: "0" }), "healthy"],
  [
    "a replica asked to write",
    nodeWith({ role: "slave", master_host: "10.0.0.4", master_port: "6379" }, { probe: "refused-read-only" }),
    "writes-refused-otherwise",
  ],
  ["a snapshot that failed", nodeWith({ rdb_last_bgsave_status: "err" }, { probe: "refused-misconf" }), "writes-refused-otherwise"],
  ["too few replicas", nodeWith({}, { probe: "refused-no-replicas" }), "writes-refused-otherwise"],
  ["loading", nodeWith({ loading: "1" }), "loading-data-set"],
  ["nothing known", unknownNode("10.0.0.5:6379"), "undetermined"],
] as const;

test.each(VERDICTS)("%s", (_name, node, verdict) => {
  const { finding } = diagnoseNode(node);
  expect(finding.verdict).toBe(verdict);
  expect(finding.confidence).toBeGreaterThan(0);
  expect(finding.confidence).toBeLessThan(1);
  expect(finding.headline).not.toMatch(/undefined|NaN|Infinity/);
  for (const { says } of [...finding.for, ...finding.against]) expect(says).not.toMatch(/undefined|NaN|Infinity/);
});

describe("confidence", () => {
  test("is lower the less was looked at", () => {
    const known = { probe: "refused-oom", census: [censusOf(2, { keys: 200_000, prefix: "job:" })] } as const;
    const whole = diagnoseNode(nodeWith(FULL, known)).finding;
    const withoutProbe = diagnoseNode(nodeWith(FULL, { census: known.census })).finding;
    const infoOnly = diagnoseNode(nodeWith(FULL)).finding;
    expect(whole.confidence).toBeGreaterThan(withoutProbe.confidence);
    expect(withoutProbe.confidence).toBeGreaterThan(infoOnly.confidence);
    expect(infoOnly.against.map(({ says }) => says).join()).toContain("no write was tried");
  });

  test("an accepted write speaks against a full server", () => {
    const { finding } = diagnoseNode(nodeWith(FULL, { probe: "accepted" }));
    expect(finding.verdict).toBe("full-under-noeviction");
    expect(finding.confidence).toBeLessThan(0.8);
    expect(finding.against.map(({ says }) => says)).toContain("a small write was accepted just now");
  });

  test("a replica at its limit proves less", () => {
    expect(diagnoseNode(nodeWith({ ...FULL, role: "slave" })).finding.confidence).toBeLessThanOrEqual(0.6);
  });
});

describe("growth", () => {
  const reading = (keys: number, usedMib: number) => ({ db2: `keys=${keys},expires=0`, used_memory: String(usedMib * MIB) });

  test("a database that will fill the server within minutes is the verdict before it is full", () => {
    const node = nodeWith(reading(150_000, 200), {
      probe: "accepted",
      growth: { first: reading(150_000, 200), second: reading(153_000, 201) },
    });
    const { finding } = diagnoseNode(node);
    expect(finding.verdict).toBe("database-never-cleaned");
    expect(finding.headline).toContain("database 2");
    expect(finding.headline).toContain("full in about 56.0 s");
  });

  test("beside a full server it is the first hypothesis, surer while writes keep being refused", () => {
    const census = [censusOf(2, { keys: 200_000, prefix: "job:" })];
    const still = diagnoseNode(nodeWith(FULL, { probe: "refused-oom", census, growth: { first: FULL, second: FULL } }));
    const refusing = diagnoseNode(
      nodeWith(FULL, { probe: "refused-oom", census, growth: { first: FULL, second: { ...FULL, errorstat_OOM: "count=40" } } }),
    );
    expect(still.finding.verdict).toBe("full-under-noeviction");
    expect(still.hypotheses[0]?.verdict).toBe("database-never-cleaned");
    expect(refusing.hypotheses[0]?.confidence).toBeGreaterThan(still.hypotheses[0]?.confidence ?? 1);
  });

  test("a slowly growing database with room for hours is no trouble", () => {
    const node = nodeWith(reading(1_000, 40), {
      probe: "accepted",
      growth: { first: reading(1_000, 40), second: { ...reading(1_010, 40), used_memory: String(40 * MIB + 2000) } },
    });
    expect(diagnoseNode(node).finding.verdict).toBe("healthy");
  });

  test("keys with a TTL may come as fast as they like", () => {
    const node = nodeWith(
      { db2: "keys=150000,expires=150000", used_memory: String(200 * MIB) },
      { growth: { first: { db2: "keys=1000,expires=1000" }, second: { db2: "keys=4000,expires=4000", used_memory: String(41 * MIB) } } },
    );
    expect(diagnoseNode(node).finding.verdict).toBe("healthy");
  });
});

describe("other explanations", () => {
  test("tiny keys", () => {
    const { hypotheses } = diagnoseNode(nodeWith({ ...FULL, db2: "keys=2500000,expires=0" }, { probe: "refused-oom" }));
    expect(hypotheses.map(({ verdict }) => verdict)).toContain("many-tiny-keys");
  });

  test("a few large keys that the sample has not met", () => {
    const node = nodeWith(
      { ...FULL, used_memory_dataset: String(250 * MIB) },
      { probe: "refused-oom", census: [censusOf(0, { keys: 10_000, prefix: "a:" })] },
    );
    expect(diagnoseNode(node).hypotheses.map(({ verdict }) => verdict)).toContain("few-large-keys");
  });

  test("buffers that are large without being the cause", () => {
    const { finding, hypotheses } = diagnoseNode(
      nodeWith({ ...FULL, used_memory: String(300 * MIB), mem_clients_normal: String(40 * MIB) }, { probe: "refused-oom" }),
    );
    expect(finding.verdict).toBe("full-under-noeviction");
    expect(hypotheses.map(({ verdict }) => verdict)).toContain("client-output-buffers");
  });
});
