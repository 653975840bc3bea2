import { expect, test } from "vitest";
import { explain } from "../../src/cli/explain.ts";

test.each([
  ["sessions-api: OOM command not allowed when used memory > 'maxmemory'.", "redis_info", "thread"],
  ["Pod web-7c9f8d7b5d-x2x4b im Namespace shop wurde beendet (OOMKilled)", "program_log", "thread"],
  ["Memory cgroup out of memory: Killed process 42 (tail) total-vm:1000kB, anon-rss:8192kB", "kernel_oom", "thread"],
  ["kong exited with code 137", "program_log", "offer"],
])("%j is told as the log that it is, and with what it leads to where somebody posts it", (said, kind, leadsTo) => {
  const { result, text } = explain(said);
  expect(result).toMatchObject({ kind, asPost: { leadsTo } });
  expect(text).toMatch(/As a post in a channel for alerts it leads to a (?:thread|quiet offer)/);
});

test("what leads to nothing, and a log too long for a post, say nothing of it", () => {
  expect(explain("used_memory:105\nmaxmemory:1000\nmaxmemory_policy:allkeys-lru\n").result).not.toHaveProperty("asPost");
  expect(explain(`${"x\n".repeat(2_500)}kong exited with code 137`).result).not.toHaveProperty("asPost");
});

test("a person's question is left alone, whatever words of rules it has", () => {
  const post = { type: "message", ts: "1795500000.000100", channel: "C0ALERTS01", user: "U0SOMEBODY" };
  const { result } = explain(JSON.stringify({ ...post, text: "is the memory leak fixed? I remember we had one in checkout" }));
  expect(result).toMatchObject({ memoryRelated: false, alerts: [{ leadsTo: "nothing", rule: "talk" }] });
});

test("of a Redis of which nothing is known it is asked first, and nothing that drops keys is recommended", () => {
  const { result } = explain("OOM command not allowed when used memory > 'maxmemory'.");
  if (result.kind !== "redis_info") throw new Error(`expected a Redis, got ${result.kind}`);
  expect(result.advice[0]).toMatch(/^Look at it first: `redis-cli INFO/);
  expect(result.advice.filter((one) => one.startsWith("redis."))).toEqual([]);
});

test("where the text names a pod the advice is about the pod", () => {
  const advice = (text: string) => {
    const { result } = explain(text);
    return "advice" in result ? result.advice.join("\n") : "";
  };
  expect(advice("Pod web-7c9f8d7b5d-x2x4b im Namespace shop wurde beendet (OOMKilled)")).toContain(
    "`oomph investigate pod/shop/web-7c9f8d7b5d-x2x4b`",
  );
  expect(advice("pod web-7c9f8d7b5d-x2x4b: exited with code 137")).toContain(
    "`kubectl -n <namespace> get pod web-7c9f8d7b5d-x2x4b -o yaml",
  );
  expect(advice("kong exited with code 137")).toContain("`oomph investigate docker/<container>`");
});

test("says on which machine, where the line says it", () => {
  const line =
    "Nov 22 03:12:44 db-7 systemd-oomd[512]: Killed /system.slice/mysql.service due to memory pressure for /system.slice being 70.1% > 60.00% for > 20s with reclaim activity";
  expect(explain(line).text).toContain("(oom_killed, rule kernel-lines, on db-7)");
});
