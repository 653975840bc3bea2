import { describe, expect, test } from "vitest";

import {
  diagnoseHealthy,
  diagnoseLoading,
  diagnoseOtherRefusal,
  diagnoseUndetermined,
} from "../../../src/runbooks/redis-memory/diagnose-other.ts";
import { unknownNode } from "../../../src/runbooks/redis-memory/picture.ts";
import { MIB, nodeWith } from "./pictures.ts";

describe("healthy", () => {
  const confidence = (node = nodeWith({})) => diagnoseHealthy(node)?.confidence ?? 0;

  test("ends at 85%, where a server is about to be full", () => {
    const at = (share: number) => diagnoseHealthy(nodeWith({ used_memory: String(Math.ceil(256 * MIB * share)) }))?.verdict;
    expect([0.849, 0.85].map(at)).toEqual(["healthy", undefined]);
  });

  test("is not said of what was not read", () => {
    expect(diagnoseHealthy(unknownNode("x"))).toBeUndefined();
  });

  test("is surer with a write that was accepted, and less sure after refusals or without a limit", () => {
    const probed = confidence(nodeWith({}, { probe: "accepted" }));
    expect(confidence()).toBeLessThan(probed);
    const mended = confidence(nodeWith({ errorstat_OOM: "count=9" }, { probe: "accepted" }));
    expect(mended).toBeLessThan(probed);
    expect(confidence(nodeWith({ errorstat_OOM: "count=9" }))).toBeLessThan(mended);
    expect(confidence(nodeWith({ maxmemory: "0" }, { probe: "accepted" }))).toBeLessThan(probed);
    expect(confidence(nodeWith({ maxmemory: "0" }, { probe: "accepted", limitBytes: 512 * MIB }))).toBe(probed);
  });
});

describe("writes refused for another reason", () => {
  test.each([
    ["refused-read-only", { role: "slave", master_host: "10.0.0.4", master_port: "6379" }, "its master is 10.0.0.4:6379"],
    ["refused-misconf", { rdb_last_bgsave_status: "err" }, "the last save to disk failed"],
    ["refused-no-replicas", {}, "a write was answered"],
  ] as const)("%s says what to see to", (probe, fields, says) => {
    const finding = diagnoseOtherRefusal(nodeWith(fields, { probe }));
    expect(finding?.for.map((one) => one.says).join("\n")).toContain(says);
    expect(finding?.advice).toEqual([]);
  });

  test("says so where the server is full as well: that comes next", () => {
    const full = { used_memory: String(256 * MIB) };
    const both = diagnoseOtherRefusal(nodeWith(full, { probe: "refused-misconf" }));
    expect(both?.against).toMatchObject([{ says: expect.stringContaining("which comes next") }]);
    expect(both?.confidence).toBeLessThan(diagnoseOtherRefusal(nodeWith({}, { probe: "refused-misconf" }))?.confidence ?? 0);
  });

  test("is not said where memory is the reason, or where writes are accepted", () => {
    for (const probe of ["refused-oom", "accepted"] as const) expect(diagnoseOtherRefusal(nodeWith({}, { probe }))).toBeUndefined();
  });
});

test("a server that loads its data set is not judged by how full it is", () => {
  expect(diagnoseLoading(nodeWith({ loading: "1" }))?.verdict).toBe("loading-data-set");
  expect(diagnoseLoading(nodeWith({ loading: "0" }))).toBeUndefined();
});

test("undetermined names what is missing, and is not sure of anything", () => {
  const finding = diagnoseUndetermined(unknownNode("x"));
  expect(finding.confidence).toBeLessThan(0.35);
  expect(finding.against.map(({ evidenceId }) => evidenceId)).toEqual(["redis.info", "redis.write-probe"]);
  expect(finding.advice).toEqual([]);
});
