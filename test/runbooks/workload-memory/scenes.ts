import type { Evidence } from "../../../src/domain/evidence.ts";
import type { Json } from "../../../src/domain/json.ts";
import type { ClusterEvent, PodContainer, PodFacts, RunState } from "../../../src/domain/workload.ts";

export const NOW_MS = Date.parse("2026-05-04T10:30:00Z");
export const MIB = 2 ** 20;
const MINUTE_MS = 60_000;

export function ended(reason: string, exitCode: number, lifeMs = 20 * MINUTE_MS): RunState {
  const finishedAtMs = NOW_MS - MINUTE_MS;
  return { kind: "terminated", reason, exitCode, startedAtMs: finishedAtMs - lifeMs, finishedAtMs, containerId: "ab12".repeat(16) };
}

export const RUNS: RunState = { kind: "running", startedAtMs: NOW_MS - 50_000 };
export const WAITS: RunState = { kind: "waiting", reason: "CrashLoopBackOff" };

export function container(more: Partial<PodContainer> = {}): PodContainer {
  return {
    name: "app",
    role: "main",
    limitBytes: 256 * MIB,
    requestBytes: 128 * MIB,
    restarts: 1,
    ready: true,
    ports: [],
    probes: {},
    state: RUNS,
    ...more,
  };
}

export function pod(containers: readonly PodContainer[], more: Partial<PodFacts> = {}): PodFacts {
  return {
    uid: "11111111-2222-3333-4444-555555555555",
    namespace: "shop",
    name: "web-1",
    labels: {},
    node: "worker-2",
    phase: "Running",
    conditions: [],
    containers,
    ...more,
  };
}

export function event(reason: string, message: string, more: Partial<ClusterEvent> = {}): ClusterEvent {
  const lastAtMs = NOW_MS - MINUTE_MS - 5_000;
  return {
    uid: "",
    type: "Warning",
    reason,
    message,
    about: { kind: "Pod", name: "web-1", namespace: "shop" },
    count: 1,
    firstAtMs: lastAtMs,
    lastAtMs,
    ...more,
  };
}

export function onNode(reason: string, message: string, more: Partial<ClusterEvent> = {}): ClusterEvent {
  return event(reason, message, { about: { kind: "Node", name: "worker-2", namespace: "" }, ...more });
}

/** Evidence as steps leave it. */
export function evidence(parts: Readonly<Record<string, object>>): readonly Evidence[] {
  return Object.entries(parts).map(([part, data]) => ({
    id: `ev_${part}`,
    step: `k8s.${part}`,
    collectedAtMs: NOW_MS,
    tookMs: 10,
    source: "deploy/shop/web",
    data: JSON.parse(JSON.stringify(data)) as Json,
  }));
}

export function podsPart(pods: readonly PodFacts[], more: object = {}): object {
  return { atMs: NOW_MS, workload: { resource: "deploy", namespace: "shop", name: "web" }, pods, total: pods.length, ...more };
}

export function usagePart(...used: readonly (readonly [pod: string, bytes: number])[]): object {
  const containers = used.map(([name, workingSetBytes]) => ({
    namespace: "shop",
    pod: name,
    container: "app",
    atMs: NOW_MS,
    workingSetBytes,
  }));
  return { atMs: NOW_MS, from: "kubelet", containers };
}

export function kernelPart(kill: object, of: object = {}): object {
  const killed = {
    pod: "web-1",
    container: "app",
    kill: { process: "node", pid: 4711, constraint: "cgroup", atMs: NOW_MS - MINUTE_MS, ...kill },
    ...of,
  };
  return { logs: [{ node: "worker-2", kills: [killed], otherGlobalKills: 0 }], missing: [] };
}

export const QUIET_KERNEL = { logs: [{ node: "worker-2", sinceMs: 0, kills: [], otherGlobalKills: 0 }], missing: [] };
