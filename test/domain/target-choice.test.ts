import { expect, it } from "vitest";
import { choiceOf, readChoice } from "../../src/domain/target-choice.ts";

const web = { kind: "workload", connection: "local", resource: "deploy", namespace: "shop", name: "web" } as const;

it("of a workload the kind of alert comes back with its name", () => {
  expect(choiceOf(web, { alertClass: "gc_pressure" })).toBe("deploy/shop/web gc_pressure");
  expect(readChoice("deploy/shop/web gc_pressure")).toEqual({ name: "deploy/shop/web", alertClass: "gc_pressure" });
  expect(choiceOf(web)).toBe("deploy/shop/web");
  expect(choiceOf({ kind: "redis", name: "shop" }, { alertClass: "redis_memory" })).toBe("redis/shop");
});

it("what nobody could place comes back with it, which it answers", () => {
  for (const [value, read] of [
    ["redis/shop str_7k2m9q4t", { name: "redis/shop", strayId: "str_7k2m9q4t" }],
    ["deploy/shop/web gc_pressure str_abc", { name: "deploy/shop/web", alertClass: "gc_pressure", strayId: "str_abc" }],
  ] as const)
    expect(readChoice(value)).toEqual(read);
  expect(choiceOf(web, { alertClass: "gc_pressure", strayId: "str_abc" })).toBe("deploy/shop/web gc_pressure str_abc");
});

it("anything else is a name, to be looked up", () => {
  for (const value of [
    "redis/shop",
    "redis/shop nonsense",
    "a b gc_pressure",
    "",
    "constructor constructor",
    "a nonsense str_abc",
    "a str_ABC",
  ])
    expect(readChoice(value)).toEqual({ name: value });
});
