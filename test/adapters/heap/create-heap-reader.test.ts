import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { createCharts } from "../../../src/adapters/chart/create-charts.ts";
import { createHeapReader } from "../../../src/adapters/heap/create-heap-reader.ts";
import { createOwnPrograms } from "../../../src/adapters/system/own-programs.ts";
import { encodedProfile } from "./encoded.ts";

const programs = createOwnPrograms();
const built = (path: string): string => fileURLToPath(new URL(`../../../dist/${path}`, import.meta.url));
const charts = createCharts({ programs, path: built("chart-process.js"), timeoutMs: 60_000 });
const reader = createHeapReader({ programs, charts, path: built("heap-process.js"), timeoutMs: 60_000 });

describe("the reader of heap profiles", () => {
  it("says who holds most, who grew, and draws it", async () => {
    const report = await reader.read({
      title: "deploy/shop/web",
      profile: encodedProfile([
        [["make", "main"], 9000],
        [["read", "main"], 1000],
      ]),
      earlier: encodedProfile([[["make", "main"], 4000]]),
    });
    expect(report).toMatchObject({ totalBytes: 10_000, durationMs: 0, growth: { totalBytes: 6000 } });
    expect(report.top.map(({ name }) => name)).toEqual(["make", "read", "main"]);
    expect(report.growth?.top.map(({ name, flatBytes }) => [name, flatBytes])).toEqual([
      ["make", 5000],
      ["read", 1000],
    ]);
    expect(report.flameSvg).toContain("deploy/shop/web");
    expect(Buffer.from(report.flamePng.subarray(1, 4)).toString()).toBe("PNG");
  });

  it("refuses what is no heap profile in the words of the reading process", async () => {
    const html = Buffer.from("<html>Sign in</html>");
    await expect(reader.read({ title: "x", profile: html })).rejects.toMatchObject({
      code: "bad-input",
      message: expect.stringContaining("a web page"),
    });
  });
});
