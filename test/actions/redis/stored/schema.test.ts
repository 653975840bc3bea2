import { expect, it } from "vitest";
import {
  FlushScope,
  readBefore,
  readCheckpoint,
  readScope,
  WalkBefore,
  WalkCheckpoint,
} from "../../../../src/actions/redis/stored/schema.ts";
import type { Plan } from "../../../../src/domain/plan.ts";
import { SESSIONS } from "../lab.ts";

const PLAN: Plan = {
  actionId: "redis.flush-db",
  target: SESSIONS,
  risk: "destructive",
  summary: "",
  changes: [],
  blastRadius: [],
  warnings: [],
  wayBack: "",
  params: {},
  scope: { servers: ["a"], database: 2, atMostKeys: 10 },
  before: {},
};

it("reads what a plan carries, and nothing that it does not", () => {
  expect(readScope(FlushScope, PLAN)).toEqual({ servers: ["a"], database: 2, atMostKeys: 10 });
  expect(() => readScope(FlushScope, { ...PLAN, scope: { database: 2 } })).toThrow("Expected the scope of the plan for redis.flush-db");
  expect(() => readBefore(WalkBefore, PLAN)).toThrow("Expected the readings of the plan for redis.flush-db");
});

it("reads saved progress, or none", () => {
  const checkpoint = { runId: "a", cursor: "7", seen: 3, changed: 2, finished: false };
  expect(readCheckpoint(WalkCheckpoint, checkpoint)).toEqual(checkpoint);
  expect(readCheckpoint(WalkCheckpoint, undefined)).toBeUndefined();
  expect(() => readCheckpoint(WalkCheckpoint, { cursor: 7 })).toThrow("saved progress of a run");
});
