import { describe, expect, it } from "vitest";
import { topFunctions } from "../../../src/domain/heap/top-functions.ts";
import { heapProfile } from "./profiles.ts";

describe("the functions that hold most", () => {
  it("are counted by themselves and with what they called", () => {
    const top = topFunctions(heapProfile("make<serve<main 600", "read<serve<main 300", "serve<main 100"), 10);
    expect(top).toEqual([
      { name: "make", flatBytes: 600, cumBytes: 600, inlined: "no" },
      { name: "read", flatBytes: 300, cumBytes: 300, inlined: "no" },
      { name: "serve", flatBytes: 100, cumBytes: 1000, inlined: "no" },
      { name: "main", flatBytes: 0, cumBytes: 1000, inlined: "no" },
    ]);
  });

  it("count a call that calls itself once", () => {
    const walk = topFunctions(heapProfile("walk<walk<walk<main 50"), 10).find(({ name }) => name === "walk");
    expect(walk).toMatchObject({ flatBytes: 50, cumBytes: 50 });
  });

  it("say where a call was written into its callers: everywhere, in some places, nowhere", () => {
    const top = topFunctions(heapProfile("a!<main 10", "b!<main 10", "b<serve<main 10", "c<main 10"), 10);
    const inlined = Object.fromEntries(top.map((one) => [one.name, one.inlined]));
    expect(inlined).toMatchObject({ a: "all", b: "some", c: "no" });
  });

  it("leave out what holds less than half a percent, and give its memory to nobody else", () => {
    const top = topFunctions(heapProfile("large<main 99900", "crumb<tiny<main 100"), 10);
    expect(top.map(({ name }) => name)).toEqual(["large", "main"]);
    expect(top.find(({ name }) => name === "main")).toMatchObject({ flatBytes: 0, cumBytes: 100_000 });
  });

  it("of a difference are those that changed most, shrunk ones too", () => {
    const top = topFunctions(heapProfile("cache<main 500", "buffer<main -800"), 2);
    expect(top.map(({ name, flatBytes }) => [name, flatBytes])).toEqual([
      ["buffer", -800],
      ["cache", 500],
    ]);
  });
});
