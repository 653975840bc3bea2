import { describe, expect, it } from "vitest";
import { readTopWords } from "../../src/commands/top-words.ts";

describe("what top was asked for", () => {
  it.each([
    ["", {}],
    ["kong", { filter: "kong" }],
    ["docker kong", { of: "containers", filter: "kong" }],
    ["PODS", { of: "pods" }],
    ["po web-7c9", { of: "pods", filter: "web-7c9" }],
    ["pods app=web,tier!=batch", { of: "pods", selector: "app=web,tier!=batch" }],
    ["app=web", { of: "pods", selector: "app=web" }],
  ])("%j", (typed, asked) => {
    expect(readTopWords(typed.split(" ").filter((word) => word !== ""))).toEqual(asked);
  });

  it("labels are of pods only, and one part of a name is enough", () => {
    expect(readTopWords(["containers", "app=web"])).toBe('"app=web" are labels of pods: expected part of a container\'s name');
    expect(readTopWords(["pods", "a", "b"])).toBe("expected one part of a name, got 2: a b");
  });
});
