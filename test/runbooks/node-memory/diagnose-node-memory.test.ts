import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findKubernetes, kubectl } from "../../../scripts/lab/kubernetes.ts";
import { randomIds } from "../../../src/adapters/system/random-ids.ts";
import { systemClock } from "../../../src/adapters/system/system-clock.ts";
import { diagnoseNodeMemory, diagnoseUnreachable } from "../../../src/runbooks/node-memory/diagnose-node-memory.ts";
import { nodeMemoryRunbook } from "../../../src/runbooks/node-memory/index.ts";
import { runRunbook } from "../../../src/runbooks/run-runbook.ts";
import { openClusters } from "../workload-memory/investigating.ts";
import { evidence, MIB, NOW_MS, onNode } from "../workload-memory/scenes.ts";

const GIB = 1024 * MIB;
const lab = await findKubernetes();

function statePart(usedBytes: number, pressure = "False"): object {
  const facts = {
    name: "worker-2",
    uid: "u",
    conditions: [{ type: "MemoryPressure", status: pressure, changedAtMs: NOW_MS - 60_000 }],
    capacityBytes: 8 * GIB,
    allocatableBytes: 8 * GIB,
    unschedulable: false,
  };
  return { atMs: NOW_MS, facts, usage: { atMs: NOW_MS, workingSetBytes: usedBytes } };
}

function podsPart(more: object = {}): object {
  const largest = [{ namespace: "shop", pod: "hog-1", workingSetBytes: 3 * GIB }];
  return {
    pods: 12,
    requestBytes: GIB,
    limitBytes: 4 * GIB,
    withoutLimit: 0,
    withoutRequest: 1,
    largest,
    evicted: [],
    killed: [],
    ...more,
  };
}

function diagnose({
  state,
  pods = podsPart(),
  events,
  kernel,
}: {
  readonly state?: object;
  readonly pods?: object;
  readonly events?: readonly object[];
  readonly kernel?: readonly object[];
}) {
  const parts = {
    ...(state === undefined ? {} : { node: state }),
    "node-pods": pods,
    ...(events === undefined ? {} : { events: { atMs: NOW_MS, events } }),
    ...(kernel === undefined ? {} : { kernel: { kills: kernel } }),
  };
  return diagnoseNodeMemory(evidence(parts), []);
}

const OOM = onNode("SystemOOM", "System OOM encountered, victim process: java, pid: 4711");

describe("a node's memory", () => {
  test("with room, and nothing told, it is healthy", () => {
    const { finding, hypotheses, suspects } = diagnose({ state: statePart(2 * GIB), events: [], kernel: [] });
    expect(finding).toMatchObject({ verdict: "healthy", confidence: 0.9 });
    expect(hypotheses).toEqual([]);
    expect(suspects?.rows).toEqual([["shop/hog-1", "3.0 GiB", "none", "none"]]);
  });

  test("a kill by no limit, in the kernel's log", () => {
    const kill = { process: "java", constraint: "global", atMs: NOW_MS - 60_000 };
    const { finding, kills } = diagnose({ state: statePart(2 * GIB), events: [OOM], kernel: [kill] });
    expect(finding.verdict).toBe("node-out-of-memory");
    expect(finding.confidence).toBeGreaterThan(0.85);
    expect(kills).toEqual({ says: "1 process was killed because the node had no memory left.", lastAtMs: NOW_MS - 60_000 });
    expect(diagnose({ state: statePart(2 * GIB), events: [], kernel: [{ ...kill, constraint: "cgroup" }] }).finding.verdict).toBe(
      "healthy",
    );
  });

  test("SystemOOM alone, on a node with room, is a doubt and no verdict", () => {
    const { finding, hypotheses } = diagnose({ state: statePart(2 * GIB), events: [OOM] });
    expect(finding.verdict).toBe("healthy");
    expect(finding.against[0]?.says).toContain("SystemOOM 1 time");
    expect(hypotheses.map(({ verdict }) => verdict)).toEqual(["node-out-of-memory"]);
    expect(diagnose({ state: statePart(7.5 * GIB), events: [OOM] }).finding.verdict).toBe("node-out-of-memory");
    const old = { ...OOM, lastAtMs: NOW_MS - 5 * 3_600_000 };
    expect(diagnose({ state: statePart(2 * GIB), events: [old] }).hypotheses).toEqual([]);
  });

  test("pressure, evictions, little room: each with who takes it", () => {
    const pressed = diagnose({ state: statePart(7 * GIB, "True") });
    expect(pressed.finding.verdict).toBe("memory-pressure");
    expect(pressed.finding.for.map(({ says }) => says).join("\n")).toContain("shop/hog-1 takes 3.0 GiB and requests none");
    expect(pressed.furtherSteps[0]).toContain("pod/shop/hog-1");
    const gone = { namespace: "shop", pod: "web-1", message: "The node was low on resource: memory." };
    expect(diagnose({ state: statePart(4 * GIB), pods: podsPart({ evicted: [gone] }) }).finding.verdict).toBe("evicting");
    const disk = { ...gone, message: "The node was low on resource: ephemeral-storage." };
    expect(diagnose({ state: statePart(4 * GIB), pods: podsPart({ evicted: [disk] }) }).finding.verdict).toBe("healthy");
    expect(diagnose({ state: statePart(7.2 * GIB) }).finding.verdict).toBe("near-limit");
  });

  test("limits that come to more than there is, told before it happens", () => {
    const pods = podsPart({ limitBytes: 20 * GIB, withoutLimit: 3 });
    expect(diagnose({ state: statePart(6 * GIB), pods }).finding).toMatchObject({ verdict: "overcommitted", confidence: 0.6 });
    const calm = diagnose({ state: statePart(2 * GIB), pods });
    expect(calm.finding.verdict).toBe("healthy");
    expect(calm.hypotheses[0]?.for[0]?.says).toContain("their limits come to 20.0 GiB (250%), and 3 pods have no limit");
  });

  test("nothing read, and a node that is not to be seen", () => {
    expect(diagnose({}).finding.verdict).toBe("undetermined");
    expect(diagnoseUnreachable("not-found", "no such node").finding.verdict).toBe("not-found");
    expect(diagnoseUnreachable("no-rights", "may not get nodes").finding.headline).toContain("ClusterRole");
  });
});

describe.skipIf(lab.kind === "absent")(`a real node${lab.kind === "absent" ? ` (${lab.because})` : ""}`, () => {
  let oomph: Awaited<ReturnType<typeof openClusters>>;
  beforeAll(async () => {
    oomph = await openClusters();
  }, 60_000);
  afterAll(() => oomph?.close());

  test("is looked at: its conditions, its pods and what they take", async () => {
    const [name = ""] = (await kubectl(["get", "nodes", "-o", "jsonpath={.items[*].metadata.name}"])).split(" ");
    const runbook = nodeMemoryRunbook({ clusters: oomph.clusters, clock: systemClock, stepTimeoutMs: 90_000 });
    const outcome = await runRunbook(runbook, { kind: "node", connection: "local", name }, { clock: systemClock, ids: randomIds });
    if (outcome.kind !== "done") throw new Error(outcome.because);
    const state = outcome.evidence.find(({ step }) => step === "k8s.node")?.data;
    expect(state).toMatchObject({ facts: { name, allocatableBytes: expect.any(Number) }, usage: { workingSetBytes: expect.any(Number) } });
    expect(outcome.evidence.map(({ step }) => step)).toEqual(expect.arrayContaining(["k8s.node-pods", "k8s.events"]));
    expect(outcome.diagnosis.summary.map(({ label }) => label)).toEqual(expect.arrayContaining(["Node", "Conditions", "Memory", "Pods"]));
    const gone = await runRunbook(
      runbook,
      { kind: "node", connection: "local", name: "no-such-node" },
      { clock: systemClock, ids: randomIds },
    );
    expect(gone).toMatchObject({ kind: "unreachable", code: "not-found", diagnosis: { finding: { verdict: "not-found" } } });
  }, 200_000);
});
