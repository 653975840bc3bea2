import { expect, test } from "vitest";

import { ratesOf } from "../../../src/runbooks/redis-memory/growth.ts";
import type { Fields } from "../../../src/runbooks/redis-memory/schema.ts";
import { nodeWith } from "./pictures.ts";

const rates = (first: Fields, second: Fields) => ratesOf(nodeWith({}, { growth: { first, second } }));

test("rates are per second, however long lay between the readings", () => {
  const node = nodeWith({}, { growth: { first: { evicted_keys: "10" }, second: { evicted_keys: "40" } } });
  expect(ratesOf(node)?.evictedKeys).toBe(30);
  const value = node.growth?.value ?? { first: {}, second: {} };
  expect(ratesOf({ ...node, growth: { evidenceId: "ev", value: { ...value, intervalMs: 500 } } })?.evictedKeys).toBe(60);
});

test("without two readings, or without time between them, there are none", () => {
  expect(ratesOf(nodeWith({}))).toBeUndefined();
  const growth = { evidenceId: "ev", value: { intervalMs: 0, first: {}, second: {} } };
  expect(ratesOf({ ...nodeWith({}), growth })).toBeUndefined();
});

test("the fastest growing database stands first, and one that did not change is left out", () => {
  const changed = rates({ db1: "keys=10,expires=0", db2: "keys=10,expires=0" }, { db1: "keys=12,expires=0", db2: "keys=90,expires=5" });
  expect(changed?.databases).toEqual([
    { database: 2, keys: 80, keysWithTtl: 5 },
    { database: 1, keys: 2, keysWithTtl: 0 },
  ]);
});

test("a database that was filled from nothing or emptied meanwhile has changed too", () => {
  expect(rates({}, { db3: "keys=7,expires=7" })?.databases).toEqual([{ database: 3, keys: 7, keysWithTtl: 7 }]);
  expect(rates({ db3: "keys=7,expires=7" }, {})?.databases).toEqual([{ database: 3, keys: -7, keysWithTtl: -7 }]);
});
