import { expect, it } from "vitest";
import { withLabels } from "../../src/domain/heard-labels.ts";

it("labels of alerts come together, each value once", () => {
  const first = withLabels({}, { team: ["web"], class: ["memory_high"] });
  const both = withLabels(first, { team: ["data"], severity: ["warning"] });
  expect(both).toEqual({ team: ["web", "data"], class: ["", "memory_high"], severity: ["", "warning"] });
  expect(withLabels(both, { team: ["web"] })).toBe(both);
  expect(withLabels(both, {})).toBe(both);
  expect(withLabels(both, { class: ["memory_high"], severity: ["warning"] })).toMatchObject({ team: ["", "web", "data"] });
});

it("names and values beyond what tells anything are left out", () => {
  const many = Object.fromEntries(Array.from({ length: 99 }, (_, index) => [`label${index}`, ["x"]]));
  const known = withLabels({ class: ["memory_high"] }, many);
  expect(Object.keys(known)).toHaveLength(40);
  expect(withLabels(known, { another: ["x"] })).toBe(known);
  const values = withLabels({}, { pod: Array.from({ length: 99 }, (_, index) => `web-${index}${"x".repeat(300)}`) });
  expect(values["pod"]).toHaveLength(16);
  expect(values["pod"]?.[0]).toHaveLength(200);
});

it("a label called like something of the language is one like any other", () => {
  const named = withLabels({}, Object.fromEntries([["__proto__", ["x"]]]));
  expect(Object.entries(named)).toEqual([["__proto__", ["x"]]]);
  expect(withLabels(named, { constructor: ["y"] }).constructor).toEqual(["", "y"]);
});
