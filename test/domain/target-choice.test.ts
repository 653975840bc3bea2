import { expect, it } from "vitest";
import { choiceOf, readChoice } from "../../src/domain/target-choice.ts";

const web = { kind: "workload", connection: "local", resource: "deploy", namespace: "shop", name: "web" } as const;

it("of a workload the kind of alert comes back with its name", () => {
  expect(choiceOf(web, { alertClass: "gc_pressure" })).toBe("deploy/shop/web gc_pressure");
  expect(readChoice("deploy/shop/web gc_pressure")).toEqual({ name: "deploy/shop/web", alertClass: "gc_pressure" });
  expect(choiceOf(web)).toBe("deploy/shop/web");
  expect(choiceOf({ kind: "redis", name: "shop" }, { alertClass: "redis_memory" })).toBe("redis/shop");
});

it("anything else is a name, to be looked up", () => {
  for (const value of ["redis/shop", "redis/shop nonsense", "a b gc_pressure", "", "constructor constructor"])
    expect(readChoice(value)).toEqual({ name: value });
});
