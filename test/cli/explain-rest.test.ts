import { expect, test } from "vitest";
import { explain } from "../../src/cli/explain.ts";

const POST = "[FIRING:1] HighMemoryUsage (shop web-6f9c8d7b5d-x2x4b critical)\nMemory is high";
const SENT = { alerts: [{ status: "firing", labels: { alertname: "HighMemoryUsage", namespace: "shop", pod: "web-6f9c8d7b5d-x2x4b" } }] };
const LINE =
  "Jun 11 14:22:20 node-7 kernel: Memory cgroup out of memory: Killed process 42 (node) total-vm:1kB, anon-rss:800kB, file-rss:0kB, shmem-rss:0kB";
const KERNEL = `Jun 11 14:22:20 node-7 kernel: node invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0\n${LINE}`;
const JAVA = "2026-06-11 14:22:20 ERROR java.lang.OutOfMemoryError: Java heap space\n\tat a.b.C(D.java:1)";
const INFO = "# Memory\nused_memory:100\nmaxmemory:100\nmaxmemory_policy:noeviction";

test.each([
  ["an alert and a kernel's log", `${POST}\n${KERNEL}`, { kind: "alert", also: ["kernel_oom"] }],
  ["the same with an empty line between", `${POST}\n\n${KERNEL}`, { kind: "alert", also: ["kernel_oom"] }],
  ["a webhook's JSON and a kernel's log", `${JSON.stringify(SENT, null, 2)}\n${KERNEL}`, { kind: "kernel_oom", also: ["alert"] }],
  ["the same on a line", `${JSON.stringify(SENT)}\n${KERNEL}`, { kind: "kernel_oom", also: ["alert"] }],
  ["three", `${KERNEL}\n\n${JAVA}\n\n${INFO}`, { kind: "kernel_oom", also: ["program_log", "redis_info"] }],
])("of a text that holds %s it is said what else there is", (_what, text, expected) => {
  const { result, text: said } = explain(text);
  expect(result).toMatchObject(expected);
  expect(said).toMatch(/\n\nThere is more in this text: (?:an alert|a kernel's log|a program's log, what a Redis says of itself)\. /);
});

test.each([
  ["an alert", POST],
  ["a webhook's JSON", JSON.stringify(SENT, null, 2)],
  ["an alert with its one log line", `${POST}\n\n${LINE}`],
  ["a kernel's log with a gap", `${LINE}\n\n${KERNEL}`],
  ["a program's log with words of its end", `${JAVA}\n\nprocess exited with code 137`],
])("of what is only %s there is no more", (_what, text) => {
  expect(explain(text).result).not.toHaveProperty("also");
});
