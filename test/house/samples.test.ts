import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { formatProblem, loadCommandLineConfig, loadConfig } from "../../src/config.ts";

// A sample of oomph.yaml is whole, and works when the document's commands were typed before, or it is called a fragment.

const ROOT = resolve(import.meta.dirname, "../..");
const PAGES = readdirSync(join(ROOT, "docs")).filter((name) => name.endsWith(".md"));
const DOCUMENTS = ["README.md", ...PAGES.map((name) => join("docs", name))];
const TOKENS = { SLACK_BOT_TOKEN: "xoxb-made-up", SLACK_APP_TOKEN: "xapp-made-up", REDIS_URL: "redis://127.0.0.1:6379" };

const samples = DOCUMENTS.flatMap(samplesOf);

test("there are samples, whole ones and fragments", () => {
  expect(samples.filter(({ isFragment }) => !isFragment).length).toBeGreaterThan(1);
  expect(samples.filter(({ isFragment }) => isFragment).length).toBeGreaterThan(1);
});

test.each(samples)("$document:$line is a configuration", ({ yaml, isFragment, made }) => {
  const readFile = (path: string): string => {
    if (path === "oomph.yaml") return yaml;
    if (isFragment || made.some((one) => join(one) === path)) return "made up for this test";
    throw Object.assign(new Error("no such file"), { code: "ENOENT" });
  };
  const loaded = isFragment ? loadCommandLineConfig({ env: {}, readFile }) : loadConfig({ env: TOKENS, readFile });
  expect(loaded.kind === "invalid" ? loaded.problems.map(formatProblem) : []).toEqual([]);
});

function samplesOf(document: string) {
  const text = readFileSync(join(ROOT, document), "utf8");
  const made = [...text.matchAll(/> (\S+)\)?$/gm)].map(([, path = ""]) => path.replace(/\)$/, ""));
  return [...text.matchAll(/^( *)```yaml\n([^]*?)^ *```$/gm)].flatMap(({ index, 1: indent = "", 2: block = "" }) => {
    const before = text.slice(0, index).trimEnd().split("\n").at(-1) ?? "";
    if (/\bmanifest\b/.test(before)) return []; // of Slack's app, not of Oomph
    const yaml = block.replaceAll(new RegExp(`^${indent}`, "gm"), "");
    return [{ document, line: text.slice(0, index).split("\n").length, yaml, isFragment: /\bfragment\b/.test(before), made }];
  });
}
