import { describe, expect, test } from "vitest";
import type { AlertFacts } from "../../src/domain/alert.ts";
import { createJudge } from "../../src/alerts/judge.ts";
import { readAlert } from "../../src/alerts/read-alert.ts";

const judge = createJudge();
const judged = (labels: AlertFacts["labels"], text = "") =>
  judge({ name: labels["alertname"] ?? null, status: "firing", severity: null, labels, text }, "alertmanager");

describe("an alert whose name does not say Redis is about one", () => {
  test.each([
    ["that grows, by its exporter's job", { alertname: "HighMemoryGrowthRate", job: "redis-exporter", instance: "flags:6379" }],
    ["that grows, by its address", { alertname: "CacheMemoryKeepsGrowing", addr: "flags:6379" }],
    ["that is nearly full, by its address", { alertname: "HighMemoryUsage", instance: "redis://flags:6379" }],
  ])("%s", (_what, labels) => {
    const { memory, class: kind, subject } = judged(labels);
    expect({ memory, kind, about: subject.about }).toEqual({ memory: "yes", kind: "redis_memory", about: "redis" });
    expect(subject.names.some((name) => name.includes("flags:6379"))).toBe(true);
  });

  test.each([
    [
      "the pod that runs it",
      { alertname: "HighMemoryGrowthRate", job: "redis-exporter", pod: "redis-0", namespace: "shop" },
      "memory_growth",
    ],
    ["another port", { alertname: "HighMemoryGrowthRate", instance: "flags:8080" }, "memory_growth"],
    ["its machine", { alertname: "HostMemoryHigh", instance: "redis-1:9100", job: "redis" }, "node_memory_high"],
    ["how many clients it has", { alertname: "TooManyClients", instance: "redis://flags:6379" }, "other"],
  ])("and not where it is about %s", (_what, labels, kind) => {
    expect(judged(labels).class).toBe(kind);
  });
});

test("the name beside the word Redis and its memory is surely its name", () => {
  const called = (text: string) => readAlert({ text }, judge).alerts[0]?.subject.called;
  expect(called("redis feature-flags used_memory above 95% of maxmemory")).toBe("feature-flags");
  expect(called("redis low-latency memory usage is high")).toBeUndefined();
  expect(called("Redis used_memory is high")).toBeUndefined();
});

test("a Swarm service is a name of its container", () => {
  const labels = {
    alertname: "TaskHighMemoryUsage",
    job: "cadvisor",
    name: "obs_tempo.1.w8k2",
    container_label_com_docker_swarm_service_name: "obs_tempo",
  };
  expect(judged(labels).subject.names).toEqual(expect.arrayContaining(["obs_tempo", "obs_tempo.1.w8k2"]));
});

test("objects of Python's that grow, in words", () => {
  expect(judged({ alertname: "TooManyNewPythonObjects", deployment: "dust-map" }).class).toBe("object_growth");
  expect(judged({ alertname: "DustMapHeap" }, "Python object count grows by 900000 an hour").class).toBe("object_growth");
});

test("PostgreSQL's word for memory that ran out", () => {
  const text = 'ERROR:  out of memory\nDETAIL:  Failed on request of size 67108864 in memory context "ExecutorState".';
  expect(readAlert({ text, botId: "B0BOT" }, judge).alerts[0]).toMatchObject({ memory: "yes", class: "out_of_memory" });
});
