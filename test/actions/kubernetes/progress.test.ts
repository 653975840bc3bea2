import { expect, test } from "vitest";
import { isComplete, obstacle, progressInWords } from "../../../src/actions/kubernetes/progress.ts";
import type { PodFacts, WorkloadFacts } from "../../../src/domain/workload.ts";

const FACTS: WorkloadFacts = {
  resource: "deploy",
  namespace: "shop",
  name: "web",
  uid: "u",
  resourceVersion: "1",
  generation: 2,
  observedGeneration: 2,
  labels: {},
  annotations: {},
  replicas: { wanted: 1, ready: 1, updated: 1, available: 1 },
  conditions: [],
  containers: [],
  environment: {},
  paused: false,
  managers: [],
};
const POD: PodFacts = {
  uid: "p",
  namespace: "shop",
  name: "web-1",
  labels: {},
  phase: "Running",
  conditions: [{ type: "Ready", status: "True" }],
  containers: [],
};

test("complete is what the cluster has seen, all of it new, ready, and without the old ones", () => {
  expect(isComplete(FACTS, [POD])).toBe(true);
  expect(isComplete({ ...FACTS, observedGeneration: 1 }, [POD])).toBe(false);
  expect(isComplete(FACTS, [POD, POD])).toBe(false);
  expect(isComplete(FACTS, [{ ...POD, conditions: [] }])).toBe(false);
  expect(progressInWords({ ...FACTS, observedGeneration: 1 })).toMatch(/has not begun yet/);
});

test.each([
  [[{ type: "ReplicaFailure", status: "True", message: 'forbidden: exceeded quota "all"' }], {}, /pods cannot be made: .*exceeded quota/],
  [
    [],
    { conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message: "0/3 nodes: 3 Insufficient memory." }] },
    /web-1 finds no node: .*Insufficient memory/,
  ],
  [[{ type: "Progressing", status: "False", message: "has timed out progressing" }], {}, /timed out progressing/],
  [[], {}, /^nothing$/],
])("what stands in the way is named: %#", (conditions, pod, expected) => {
  expect(obstacle({ ...FACTS, conditions }, [{ ...POD, ...pod }]) ?? "nothing").toMatch(expected);
});

test("a container that waits says for what, and how it ended before", () => {
  const container = { name: "app", role: "main", restarts: 3, ports: [], probes: {} } as const;
  const waiting = (reason: string) =>
    ({
      ...POD,
      containers: [
        { ...container, state: { kind: "waiting", reason }, lastState: { kind: "terminated", reason: "OOMKilled", exitCode: 137 } },
      ],
    }) as const;
  expect(obstacle(FACTS, [waiting("CrashLoopBackOff")])).toBe(
    "container app of web-1 is in CrashLoopBackOff, it ended with OOMKilled (exit code 137)",
  );
  expect(obstacle(FACTS, [waiting("ContainerCreating")])).toBeUndefined();
});
