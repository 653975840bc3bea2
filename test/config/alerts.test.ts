import { expect, test } from "vitest";
import { createJudge } from "../../src/alerts/judge.ts";
import { formatProblem, loadCommandLineConfig } from "../../src/config.ts";

function load(rules: string) {
  const yaml = `alerts:\n  rules:\n${rules}`;
  const readFile = (path: string): string => {
    if (path === "oomph.yaml") return yaml;
    throw Object.assign(new Error("no such file"), { code: "ENOENT" });
  };
  return loadCommandLineConfig({ env: {}, readFile });
}

test("rules of one's own are asked first: one silences, one knows words that nobody else knows", () => {
  const loaded = load(`
    - id: batch
      when: [{ name: HighMemory*, labels: { namespace: batch-* } }]
      verdict: { memory: no }
    - id: proxy
      says: Our image proxy is short of memory
      when: [{ phrases: [vips cache exhausted] }, { parts: [[imgproxy], [cache, pool]] }]
      unless: [{ labels: { env: dev } }]
      verdict: { memory: yes, about: workload, severity: critical }
`);
  const judge = createJudge(loaded.kind === "invalid" ? [] : loaded.config.alerts.rules);
  const judged = (name: string, labels: Record<string, string>, text = "") =>
    judge({ name, status: "firing", severity: null, labels, text }, "alertmanager");
  expect(judged("HighMemoryUsage", { namespace: "batch-night", pod: "a-0" })).toMatchObject({
    memory: "no",
    class: "other",
    rule: "batch",
  });
  expect(judged("HighMemoryUsage", { namespace: "shop", pod: "a-0" })).toMatchObject({ memory: "yes", rule: "memory-usage" });
  expect(judged("ImgproxyPool", { pod: "img-0" })).toMatchObject({
    memory: "yes",
    class: "memory_high",
    rule: "proxy",
    severity: "critical",
  });
  expect(judged("Slow", { pod: "img-0" }, "VIPS  cache exhausted")).toMatchObject({ rule: "proxy" });
  expect(judged("ImgproxyPool", { pod: "img-0", env: "dev" })).toMatchObject({ memory: "no", rule: "none" });
});

test("a rule that says no silences what a kernel's line in it tells", () => {
  const judge = createJudge([{ id: "lab", says: "", when: [{ labels: { agent: ["lab-*"] } }], verdict: { memory: "no" } }]);
  const text = "kernel: Memory cgroup out of memory: Killed process 42 (node) total-vm:1kB, anon-rss:800kB, file-rss:0kB, shmem-rss:0kB";
  const facts = { name: null, status: "firing", severity: null, text } as const;
  expect(judge({ ...facts, labels: { agent: "lab-1" } }, "wazuh")).toMatchObject({ memory: "no", rule: "lab", kills: [] });
  expect(judge({ ...facts, labels: { agent: "box-1" } }, "wazuh")).toMatchObject({ memory: "yes", rule: "kernel-lines" });
});

test("what is wrong with a rule is said by line, with what was expected", () => {
  const loaded = load(`
    - id: Batch X
      verdict: { memory: maybe }
    - id: b
      when: []
      verdict: { memory: yes, class: full }
    - id: b
      when: [{}, { regex: x }, { name: [""] }, { source: [slack] }]
      verdict: { memory: yes }
`);
  const problems = loaded.kind === "invalid" ? loaded.problems.map(formatProblem) : [];
  expect(problems).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^oomph\.yaml:4 alerts\.rules\[0\]\.id: expected a name of small letters.* got "Batch X"$/),
      expect.stringMatching(/rules\[0\]\.when: expected a list, got nothing$/),
      expect.stringMatching(/rules\[0\]\.verdict\.memory: expected one of yes, no, unsure, got "maybe"$/),
      expect.stringMatching(/rules\[1\]\.verdict\.class: expected one of oom_killed, .* got "full"$/),
      expect.stringMatching(/rules\[1\]\.when: expected at least one of name, parts, .* got nothing$/),
      expect.stringMatching(/rules\[2\]\.id: expected an id that no other rule has, got "b"$/),
      expect.stringMatching(/rules\[2\]\.when\[0\]: expected at least one of name/),
      expect.stringMatching(/rules\[2\]\.when\[1\]\.regex: expected one of name, parts,/),
      expect.stringMatching(/rules\[2\]\.when\[2\]\.name: expected a list of 1 to 200 texts/),
      expect.stringMatching(/rules\[2\]\.when\[3\]\.source: expected a list out of alertmanager/),
    ]),
  );
});
