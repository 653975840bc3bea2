import { describe, expect, it } from "vitest";
import { flameSvg } from "../../../src/adapters/heap/flame-svg.ts";
import { compareProfiles } from "../../../src/domain/heap/compare-profiles.ts";
import { flameTree } from "../../../src/domain/heap/flame-tree.ts";
import { heapProfile } from "../../domain/heap/profiles.ts";

const ALL = { leastShare: 0, mostDeep: 100 };
const MIB = 2 ** 20;

describe("a flame graph", () => {
  it("is as wide as the memory of each call, and says it in words", () => {
    const svg = flameSvg(flameTree(heapProfile(`make<main ${3 * MIB}`, `read<main ${MIB}`), ALL), "deploy/shop/web");
    expect(svg).toContain("deploy/shop/web");
    expect(svg).toContain("Memory in use by call: 4.0 MiB");
    expect(svg).toContain("<title>make (3.0 MiB, 75.0%)</title>");
    expect(widthOf(svg, "make") / widthOf(svg, "read")).toBeCloseTo(3, 1);
  });

  it("names of functions are text, whatever they hold", () => {
    const svg = flameSvg(flameTree(heapProfile(`<script>alert(1)</script>&\u202e"'\u0000 ${MIB}`), ALL), "<b>");
    expect(svg.match(/<script>/g)).toHaveLength(1); // our own
    for (const unwanted of ["\u202e", "\u0000", "<b>"]) expect(svg).not.toContain(unwanted);
  });

  it("asks nobody for anything", () => {
    const svg = flameSvg(flameTree(heapProfile("make<main 1"), ALL), "x");
    expect(svg.replace('xmlns="http://www.w3.org/2000/svg"', "")).not.toMatch(/https?:|@import|href|fetch|XMLHttp/);
  });

  it("of two profiles is red where it grew and says by how much", () => {
    const [before, now] = [heapProfile(`make<main ${MIB}`, `read<main ${MIB}`), heapProfile(`make<main ${2 * MIB}`, `read<main ${MIB}`)];
    const svg = flameSvg(flameTree(now, ALL, compareProfiles(before, now)), "x");
    expect(svg).toContain("<title>make (2.0 MiB, 66.7%, +1.0 MiB)</title>");
    expect(colorOf(svg, "make")).toMatch(/^rgb\(239,/);
    expect(colorOf(svg, "read")).toBe("#e5e7eb");
  });
});

function widthOf(svg: string, name: string): number {
  return Number(new RegExp(`<title>${name} [^]*?width="([\\d.]+)"`).exec(svg)?.[1]);
}

function colorOf(svg: string, name: string): string | undefined {
  return new RegExp(`<title>${name} [^]*?fill="([^"]+)"`).exec(svg)?.[1];
}
