import { expect, it } from "vitest";
import { countOf, frozenWalk, majorVersion, walkWarnings } from "../../../src/actions/redis/walk-plan.ts";

const bound = { kind: "bound", atMostKeys: 10, params: { boundKeys: 10 }, grown: false } as const;
const scope = { servers: ["a"], database: 2, pattern: "a:*", atMostKeys: 10, keysPerSecond: 100, resumeFrom: null };

it("freezes the params by which the scope comes out equal", () => {
  expect(frozenWalk({ scope, bound })).toEqual({ database: 2, pattern: "a:*", boundKeys: 10, keysPerSecond: 100 });
  const resumed = { scope: { ...scope, resumeFrom: "0123abcd:7" }, bound: { ...bound, params: { atMostKeys: 10 } } };
  expect(frozenWalk(resumed)).toMatchObject({ resumeFrom: "0123abcd:7", atMostKeys: 10 });
});

it("tells counted from estimated", () => {
  expect([countOf(1, true), countOf(1200, false)]).toEqual(["1 key", "about 1,200 keys (estimated)"]);
});

it("reads the version, 0 where there is none", () => {
  expect([majorVersion({ redis_version: "7.0.15" }), majorVersion({ redis_version: "255.255.255" }), majorVersion({})]).toEqual([
    7, 255, 0,
  ]);
});

it("says how long it takes, and when it goes on or has outgrown a plan", () => {
  const counted = {
    database: 2,
    samples: [],
    described: [],
    databaseKeys: 0,
    matching: 6000,
    exact: true,
    scope: { ...scope, resumeFrom: "0123abcd:7" },
    bound: { ...bound, grown: true },
  };
  expect(walkWarnings(counted)).toEqual([
    "At 100 keys a second it takes about 1 min, and stops when more than 10 keys match. Other actions on this server wait until then.",
    "More keys match than an earlier plan allowed: the bound is now 10 keys.",
    "It goes on from 0123abcd:7, where an earlier run stopped.",
  ]);
});
