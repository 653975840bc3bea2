import { expect, it } from "vitest";
import { describeFlush } from "../../../src/actions/redis/flush-db-plan.ts";
import type { FlushFacts } from "../../../src/actions/redis/flush-db-plan.ts";

const MIB = 1024 ** 2;
const NODE = {
  address: "127.0.0.1:6379",
  runId: "a",
  usedBytes: 100 * MIB,
  maxmemoryBytes: 100 * MIB,
  policy: "noeviction",
  writes: "refused-oom",
  evictedKeys: 0,
  pendingFrees: 0,
  clientBufferBytes: 0,
} as const;

function facts(more: Partial<FlushFacts> = {}): FlushFacts {
  const described = [{ key: "session:1", type: "string", sizeBytes: 1024 }];
  return {
    session: { name: "sessions", topology: "single", settings: undefined, servers: [], missing: [] },
    database: 2,
    count: 51_200,
    atMostKeys: 62_440,
    grown: false,
    samples: [{ runId: "a", databaseKeys: 51_200, matching: 51_200, exact: true, described }],
    vitals: { nodes: [NODE] },
    ...more,
  };
}

it("says what is expected to be freed", () => {
  expect(describeFlush(facts()).changes[2]).toEqual({
    what: "Used memory",
    before: "100.0 MiB",
    after: "about 50.0 MiB (50.0 MiB freed, estimated from key sizes)",
  });
});

it("does not pretend to know what it could not read", () => {
  const samples = facts().samples.map((sample) => ({ ...sample, described: [{ key: "session:1", type: "string" }] }));
  expect(describeFlush(facts({ samples })).changes[2]?.after).toBe("cannot be estimated: key sizes could not be read");
});

it("says when a flush frees little, or what it does not free at all", () => {
  const small = facts().samples.map((sample) => ({ ...sample, databaseKeys: 512 }));
  expect(describeFlush(facts({ samples: small, count: 512 })).warnings).toContain(
    "It frees little: database 2 holds under 1% of the used memory.",
  );
  const buffers = { nodes: [{ ...NODE, clientBufferBytes: 80 * MIB }] };
  expect(describeFlush(facts({ vitals: buffers })).warnings.join("\n")).toContain(
    "80.0 MiB of the used memory are buffers of clients, which a flush does not free",
  );
});

it("shows key names that came from outside on one line", () => {
  const samples = facts().samples.map((sample) => ({
    ...sample,
    described: [{ key: `evil\n<!channel>${"x".repeat(200)}`, type: "string" }],
  }));
  const [, , example] = describeFlush(facts({ samples })).blastRadius;
  expect(example).not.toContain("\n");
  expect(example?.length).toBeLessThan(80);
});
