import { describe, expect, test } from "vitest";

import { gapsFor, isFull, refusalReasons } from "../../../src/runbooks/redis-memory/fullness.ts";
import { unknownNode, type NodePicture } from "../../../src/runbooks/redis-memory/picture.ts";
import { MIB, nodeWith } from "./pictures.ts";

const REPORTED = { reportedRefusal: { evidenceId: "ev_text", value: true } } as const;
const used = (share: number): NodePicture => nodeWith({ used_memory: String(Math.ceil(256 * MIB * share)) });

describe("a server is full", () => {
  test("from 99% on, because Redis refuses at 100 and the refused command leaves it just under", () => {
    expect([0.989, 0.99, 1.2].map((share) => isFull(used(share)))).toEqual([false, true, true]);
  });

  test("from 90% on where refusals are known, and not below: an old report does not outweigh room to spare", () => {
    expect([0.899, 0.9].map((share) => isFull({ ...used(share), ...REPORTED }))).toEqual([false, true]);
    const refusing = { first: { errorstat_OOM: "count=5" }, second: { errorstat_OOM: "count=9" } };
    const growing = nodeWith({ used_memory: String(240 * MIB) }, { growth: refusing });
    expect(isFull(growing)).toBe(true);
    expect(isFull({ ...growing, growth: undefined })).toBe(false);
  });

  test("whatever the reading, while it refuses for want of memory; other refusals say nothing about it", () => {
    expect(isFull(nodeWith({}, { probe: "refused-oom" }))).toBe(true);
    expect(isFull(nodeWith({}, { probe: "refused-misconf" }))).toBe(false);
  });

  test("by a report alone only where no reading speaks against it", () => {
    expect(isFull({ ...unknownNode("somewhere"), ...REPORTED })).toBe(true);
    expect(isFull({ ...nodeWith({ maxmemory: "0" }), ...REPORTED })).toBe(false);
  });

  test("not by memory that Redis does not hold against its limit", () => {
    const fields = { used_memory: String(256 * MIB), mem_not_counted_for_evict: String(10 * MIB) };
    expect(isFull(nodeWith(fields))).toBe(false);
  });
});

test("an accepted write stands against, beside refusals that were counted since the start", () => {
  const node = nodeWith({ errorstat_OOM: "count=1" }, { probe: "accepted" });
  expect(refusalReasons(node)).toMatchObject({
    for: [{ says: "1 command refused with OOM since the server started" }],
    against: [{ evidenceId: "ev_probe" }],
  });
});

test("what was not looked at costs confidence and is named; a report stands in for the probe", () => {
  const blind = unknownNode("somewhere");
  expect(gapsFor(blind, ["probe", "clients"])).toMatchObject({
    penalty: 0.13,
    reasons: [{ evidenceId: "redis.write-probe" }, { evidenceId: "redis.clients" }],
  });
  expect(gapsFor({ ...blind, ...REPORTED }, ["probe"])).toEqual({ penalty: 0, reasons: [] });
});
