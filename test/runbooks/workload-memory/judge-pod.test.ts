import { describe, expect, test } from "vitest";
import { judgePod } from "../../../src/runbooks/workload-memory/judge-pod.ts";
import type { PodCase } from "../../../src/runbooks/workload-memory/pod-case.ts";
import { container, ended, NOW_MS, onNode, pod, RUNS } from "./scenes.ts";

function judged(of: Partial<PodCase>) {
  return judgePod({ pod: pod([container({ restarts: 0 })]), podEvidence: "ev_pods", events: undefined, kernel: undefined, ...of });
}

describe("a pod that is over as a whole", () => {
  // As Kubernetes 1.20 leaves it: the container is said to run still.
  const DEADLINE = {
    phase: "Failed",
    reason: "DeadlineExceeded",
    message: "Pod was active on the node longer than the specified deadline",
  };

  test.each([
    ["its containers as they were", pod([container({ restarts: 0, state: RUNS })], DEADLINE)],
    ["nothing of its containers", pod([], DEADLINE)],
  ])("says why, whatever it lists: %s", (_name, facts) => {
    expect(judged({ pod: facts })).toMatchObject({ verdict: "not-oom", killed: false, cause: { kind: "deadline", sure: true } });
  });

  test("was never begun where its node has no memory left to promise", () => {
    const message = "Pod Node didn't have enough resource: memory, requested: 1125899906842624, used: 100663296, capacity: 25171656704";
    const { state: _state, ...unstarted } = container({ restarts: 0 });
    const judgement = judged({ pod: pod([unstarted], { phase: "Failed", reason: "OutOfmemory", message }) });
    expect(judgement).toMatchObject({ verdict: "not-oom", cause: { kind: "refused" } });
    expect(judgement.cause?.says).toContain("has not as much memory left as it requests");
    expect(judgement.for.map(({ says }) => says).join()).toContain(message);
  });

  test("was killed all the same where a container says so", () => {
    const killed = container({ restarts: 0, state: ended("OOMKilled", 137) });
    expect(judged({ pod: pod([killed], { phase: "Failed" }) })).toMatchObject({ verdict: "oom-killed", killed: true });
  });
});

describe("the kernel's count of kills in a container's cgroup", () => {
  const counter = (oomKills: number, name = "app") => ({ counter: { evidenceId: "ev_cgroup", value: { container: name, oomKills } } });

  test("proves a child's death that nothing else tells of", () => {
    const judgement = judged(counter(2));
    expect(judgement).toMatchObject({ verdict: "oom-killed-child", killed: true });
    expect(judgement.for[0]).toMatchObject({ evidenceId: "ev_cgroup", says: expect.stringContaining("2 kills") });
  });

  test.each([
    ["that counts none", counter(0)],
    ["of another container", counter(1, "proxy")],
    ["that was not read", {}],
  ])("one %s proves nothing", (_name, of) => {
    expect(judged(of)).toMatchObject({ verdict: "not-oom", killed: false });
  });

  test("says nothing of a life that is over", () => {
    const over = container({ state: ended("Error", 1) });
    expect(judged({ pod: pod([over]), ...counter(1) })).toMatchObject({ verdict: "not-oom", killed: false });
  });
});

describe("a kill that a node tells of, and SIGKILL that nothing explains", () => {
  const VICTIM = "System OOM encountered, victim process: node, pid: 4711";
  const judgedWith = (told: ReturnType<typeof onNode>, commandLine?: string) => {
    const killed = container({ state: ended("Error", 137), ...(commandLine === undefined ? {} : { commandLine }) });
    return judged({ pod: pod([killed]), events: { evidenceId: "ev_events", value: [told] } }).verdict;
  };

  test.each(["node server.js", undefined])("at that moment, and the victim may be of this container (%s)", (command) => {
    expect(judgedWith(onNode("SystemOOM", VICTIM), command)).toBe("misreported");
  });

  test("of a process that this container does not start", () => {
    expect(judgedWith(onNode("SystemOOM", VICTIM), "nginx -g daemon-off")).toBe("undetermined");
  });

  test("one of hundreds in an hour, none of them known to be at that moment", () => {
    const hour = { count: 976, firstAtMs: NOW_MS - 3_600_000, lastAtMs: NOW_MS + 600_000 };
    expect(judgedWith(onNode("SystemOOM", `(combined from similar events): ${VICTIM}`, hour), "node server.js")).toBe("undetermined");
  });
});
