import { describe, expect, test } from "vitest";
import type { ErrorCode } from "../../../src/domain/errors.ts";
import type { Json } from "../../../src/domain/json.ts";
import { diagnoseContainerMemory, diagnoseUnreachable } from "../../../src/runbooks/container-memory/diagnose-container-memory.ts";
import {
  census,
  cgroup,
  environment,
  events,
  evidenceOf,
  GIB,
  history,
  host,
  kernel,
  kongScene,
  LEAK,
  LEVEL,
  NOW_MS,
  logs,
  MIB,
  scene,
  state,
  stats,
  STEADY,
  stopped,
  stoppedScene,
  trend,
  type Scene,
} from "./scenes.ts";

function diagnose(of: Scene) {
  return diagnoseContainerMemory(evidenceOf(of), []);
}

function says(of: Scene): string {
  const { finding } = diagnose(of);
  return [...finding.for, ...finding.against].map((reason) => reason.says).join("\n");
}

describe("the incident of the seed", () => {
  test("is called by its cause, with the arithmetic, and the plan is 8 workers within 4 GiB", () => {
    const { finding, hypotheses, summary, suspects, furtherSteps } = diagnose(kongScene());
    expect(finding.verdict).toBe("worker-overspawn");
    expect(finding.confidence).toBeGreaterThanOrEqual(0.95);
    expect(finding.headline).toBe(
      "Kong runs 36 worker processes on 2 cores, and together they fill the container's memory: fewer workers are needed, not only more memory.",
    );
    expect(says(kongScene())).toContain("37 Kong processes, 36 of them workers, 55.0 MiB each");
    expect(says(kongScene())).toContain("its CPU quota is 2 cores, the host has 32 cores: that feeds about 8 workers, and 36 run");
    expect(says(kongScene())).toContain(
      "36 × 55.0 MiB = 1.9 GiB, 97% of what is used, and 20.0 MiB for the rest, against a limit of 2.0 GiB",
    );
    expect(says(kongScene())).toContain('"worker event bus timeout" 4,211 times in the log');
    expect(finding.advice[0]).toMatchObject({ actionId: "docker.tune-kong", params: { workers: 8, limit: "4g", cache: "256m" } });
    expect(finding.advice[0]?.why).toContain("2 cores × 4 workers per core = 8");
    expect(finding.advice[1]).toMatchObject({ actionId: "docker.set-memory-limit", params: { limit: "4g" } });
    expect(hypotheses.map(({ verdict }) => verdict)).toEqual(["limit-too-small", "child-killed"]);
    expect(Object.fromEntries(summary.map(({ label, value }) => [label, value]))).toMatchObject({
      Container: "kong (0123456789ab), image kong/kong-gateway:3.4, compose service kong",
      Memory: "2.0 GiB used, a limit of 2.0 GiB (100%)",
      CPU: "208.2% (100% is one core), quota 2 cores",
      Processes: "37 processes; 36 Kong workers, 55.0 MiB each (proportional)",
      Settings: "KONG_NGINX_WORKER_PROCESSES=auto (counts the machine's cores)",
      "Kills for want of memory": "1 known, the last 2 min ago",
    });
    expect(suspects?.rows[0]).toEqual(["nginx worker", "36", "1.9 GiB", "97%", ""]);
    expect(furtherSteps.join("\n")).toContain("in the Compose file (service kong)");
  });

  test("with RSS alone the workers are said to be counted too large, and it is less sure", () => {
    const byRss = kongScene({
      census: census(
        [
          { program: "nginx", server: "nginx", role: "worker", count: 36, rssBytes: 36 * 90 * MIB },
          { program: "nginx", server: "nginx", role: "master", count: 1, rssBytes: 60 * MIB },
        ],
        { readFrom: "host", notInside: "0 B are left under the limit" },
      ),
    });
    const { finding } = diagnose(byRss);
    expect(finding.verdict).toBe("worker-overspawn");
    expect(finding.against.map((reason) => reason.says).join()).toContain("RSS, which counts shared pages");
  });

  test("37 processes of which the log is silent and nothing was killed are still too many", () => {
    const quiet = kongScene({ logs: logs(), events: events(), kernel: kernel(), cgroup: cgroup({ limitBytes: 2 * GIB }) });
    expect(diagnose(quiet).finding.verdict).toBe("worker-overspawn");
  });
});

test("stopped, so that nothing can be counted, its settings still name the suspect", () => {
  const { state: _running, stats: _stats, census: _census, cgroup: _cgroup, ...rest } = kongScene();
  const dead = stopped(137, { oomKilled: true, resources: { memoryLimitBytes: 2 * GIB, cpuQuotaCores: 2 } });
  const { finding, hypotheses } = diagnose({ ...rest, state: dead, history: history([], STEADY) });
  expect(finding.verdict).not.toBe("worker-overspawn");
  expect(hypotheses).toContainEqual(expect.objectContaining({ verdict: "worker-overspawn", confidence: 0.4 }));
});

describe("workers whose number the environment sets", () => {
  const gunicorn = (setting: Readonly<Record<string, Json>> | undefined) =>
    scene({
      state: state({ resources: { cpuQuotaCores: 1 } }),
      stats: stats({ used: 960 * MIB }),
      census: census([
        { program: "gunicorn", server: "gunicorn", role: "worker", count: 17, pssBytes: 17 * 54 * MIB },
        { program: "gunicorn", server: "gunicorn", role: "master", count: 1, pssBytes: 20 * MIB },
      ]),
      environment: setting === undefined ? environment() : environment(setting),
    });

  test("docker.tune-workers, with the arithmetic", () => {
    const [first] = diagnose(gunicorn({ name: "WEB_CONCURRENCY", value: "17", of: "web server", kind: "workers", amount: 17 })).finding
      .advice;
    expect(first).toMatchObject({ actionId: "docker.tune-workers", params: { workers: 2 } });
    expect(first?.why).toContain("1 core × 2 workers per core = 2");
  });

  test("where the command sets it, only more memory can be offered, and the step by hand is told", () => {
    const nginx = scene({
      state: state({ resources: { cpuQuotaCores: 1 } }),
      stats: stats({ used: 960 * MIB }),
      census: census([{ program: "nginx", server: "nginx", role: "worker", count: 30, pssBytes: 930 * MIB }]),
      environment: environment({
        name: "worker_processes in /etc/nginx/nginx.conf",
        value: "auto",
        of: "nginx",
        kind: "workers",
        auto: true,
        from: "file",
      }),
    });
    const { finding, furtherSteps } = diagnose(nginx);
    expect(finding.advice.map(({ actionId }) => actionId)).toEqual(["docker.set-memory-limit"]);
    expect(furtherSteps[0]).toContain("worker_processes in nginx.conf");
  });
});

// As a real container was read that leaked, an hour after its start: every five minutes, from 133 to 229 of 256 MiB.
test("a leak that is too young for a trend is called one, as the watch calls it", () => {
  const limit = 256 * MIB;
  const sizes = [15, 31, 50, 66, 82, 101, 118, 133, 149, 167, 182, 198, 214, 229].map((mib) => mib * MIB);
  const young = { kind: "undetermined", because: "this life has been read for 1 h only: 2 h are needed" };
  const { readings } = history(sizes, young, { limit }) as { readings: Record<string, Json>[] };
  const lived = readings.map((one) => ({ ...one, startedAtMs: Number(readings[0]?.["atMs"]) }));
  const of = scene({ stats: stats({ used: 229 * MIB, limit }), history: { readings: lived, trend: young } });
  const { finding } = diagnose(of);
  expect(finding).toMatchObject({
    verdict: "leak",
    headline: "Its memory grew by 72% within 30 min, and nothing took it back: probably a leak.",
  });
  expect(finding.confidence).toBeLessThan(0.8);
  expect(finding.advice.map(({ actionId }) => actionId)).toContain("docker.restart");
  expect(says(of)).toContain("a load that grows looks the same");
});

test("a leak: when, how sure, and what only buys time", () => {
  const { finding } = diagnose(scene({ stats: stats({ used: 600 * MIB }), history: history(LEVEL, LEAK) }));
  expect(finding.headline).toBe(
    "Its memory grows by 40.0 MiB an hour and does not come back: a leak. At this pace its limit is reached in about 3 h (2 h 30 min to 4 h).",
  );
  expect(finding.advice.map(({ actionId }) => actionId)).toEqual(["docker.restart"]);
  const refused: Json = { ...(LEAK as Record<string, Json>), timeToOom: { kind: "refused", because: "too few readings" } };
  expect(says(scene({ history: history(LEVEL, refused) }))).toContain("when the limit is reached is not forecast: too few readings");
});

test("137 alone is never called a kill for want of memory", () => {
  const seen: Scene = { state: stopped(137) };
  const { finding } = diagnose(seen);
  expect(finding).toMatchObject({ verdict: "undetermined", confidence: 0.2 });
  expect(finding.headline).toContain("Whether the kernel sent it for want of memory is not to be seen from here");
});

test("a kernel log that begins after the end says nothing of it", () => {
  const killed = stoppedScene({ state: stopped(137), events: events([2, "die", 137]) });
  const short = stoppedScene({
    state: stopped(137),
    events: events([2, "die", 137]),
    kernel: { sinceMs: Date.now() * 2, kills: [], otherGlobalKills: 0 },
  });
  expect(diagnose(short).finding.confidence).toBeLessThan(diagnose(killed).finding.confidence);
});

test("events among which its last turn is missing are forgotten ones: that they name no kill is no sign", () => {
  const known = diagnose(stoppedScene({ state: stopped(137), events: events([2, "die", 137]) }));
  const forgotten = diagnose(stoppedScene({ state: stopped(137), events: events() }));
  expect(JSON.stringify(known)).toContain("Docker tells of no oom event");
  expect(JSON.stringify(forgotten)).not.toContain("no oom event");
  expect(JSON.stringify(forgotten.summary)).toContain("events (forgotten)");
  expect(forgotten.finding.confidence).toBeLessThan(known.finding.confidence);
});

test("events that reach back beyond its last turn are not forgotten, whether or not they hold it", () => {
  const reaching = { ...(events() as Record<string, Json>), oldestMs: NOW_MS - 3_600_000 };
  const { summary } = diagnose(stoppedScene({ state: stopped(137), events: reaching }));
  expect(JSON.stringify(summary)).not.toContain("forgotten");
});

test("counts of kills say from when on each counts; what Docker tells twice is counted by the kernel's log", () => {
  const oldest = { oldestMs: NOW_MS - 3_600_000 };
  const told = { ...(events([2, "oom"], [2, "oom"], [1, "oom"], [1, "oom"], [1, "die", 137]) as Record<string, Json>), ...oldest };
  const both = diagnose(
    stoppedScene({ state: stopped(137, { oomKilled: true }), events: told, kernel: kernel([{}, { atMs: NOW_MS - 60_000 }]) }),
  );
  const line = both.summary.find(({ label }) => label === "Kills for want of memory")?.value;
  const [hourAgo, dayAgo] = [3_600_000, 24 * 3_600_000].map((ms) => new Date(NOW_MS - ms).toISOString().slice(0, 16).replace("T", " "));
  expect(line).toBe(`at least 2, the last 1 min ago (Docker's events 4 since ${hourAgo} UTC; the kernel's log 2 since ${dayAgo} UTC)`);
  expect(both.finding.for.map(({ says }) => says)).toContain(`Docker tells of 4 oom events since ${hourAgo} UTC`);
  const dockerOnly = diagnose(stoppedScene({ state: stopped(137, { oomKilled: true }), events: told }));
  expect(dockerOnly.summary.find(({ label }) => label === "Kills for want of memory")?.value).toBe("4 known, the last 1 min ago");
});

test("a limit above the container's own is named, and its own is not to be raised", () => {
  const above = kernel([{ limitOwner: "above", limitCgroup: "/lxc/7" }]);
  const { finding } = diagnose(
    stoppedScene({ state: stopped(137), events: events([2, "oom"], [2, "die", 137]), kernel: above, history: history([], STEADY) }),
  );
  expect(finding.verdict).toBe("cgroup-limit-kill");
  expect(finding.headline).toContain("The limit of a cgroup above it");
  expect(JSON.stringify(finding)).toContain("/lxc/7");
  expect(finding.advice).toEqual([]);
});

test("a heap in a variable of its own can be raised to what the limit holds", () => {
  const php = scene({
    logs: logs({
      name: "PHP memory_limit exhausted",
      kind: "heap",
      of: "php",
      count: 5,
      sample: "Allowed memory size of 134217728 bytes exhausted",
    }),
    environment: environment({ name: "PHP_MEMORY_LIMIT", value: "128M", of: "php", kind: "heap", amount: 128 * MIB }),
  });
  const { finding } = diagnose(php);
  expect(finding.verdict).toBe("runtime-heap-exhausted");
  expect(finding.advice).toMatchObject([{ actionId: "docker.set-environment", params: { set: { PHP_MEMORY_LIMIT: "716M" } } }]);
});

test("no raise is offered that the host cannot give", () => {
  const small = scene({
    host: host({ memoryBytes: 1.1 * GIB }),
    stats: stats({ used: 950 * MIB }),
    history: history([], trend("steady", "x")),
  });
  expect(diagnose(small).finding.advice).toEqual([]);
});

test("what needs a running container is said so, once", () => {
  const failures = ["stats", "census", "cgroup"].map((step) => ({
    step: `docker.${step}`,
    code: "not-running" as const,
    because: "it is exited",
    tookMs: 1,
  }));
  const { summary } = diagnoseContainerMemory(evidenceOf(stoppedScene({ state: stopped(0), events: events([2, "die", 0]) })), failures);
  expect(summary.find(({ label }) => label === "Could not be read")?.value).toBe(
    "stats, census, cgroup (only a running container has that)",
  );
});

test("missing rights are a step to take", () => {
  const failures = [
    { step: "docker.census", code: "no-rights" as const, because: "the proxy refused GET /containers/{id}/top", tookMs: 1 },
  ];
  expect(diagnoseContainerMemory(evidenceOf(scene()), failures).furtherSteps.join()).toContain("GET /containers/{id}/top");
});

test("evidence of another shape is a gap, not an error", () => {
  const odd: readonly Json[] = [null, 1, "x", [], {}, { state: "running" }, { first: 1 }, { kind: "not-configured" }];
  for (const data of odd) {
    const evidence = evidenceOf(scene()).map((each) => ({ ...each, data }));
    expect(diagnoseContainerMemory(evidence, []).finding.verdict).toBe("undetermined");
  }
});

test("odd figures do not break it", () => {
  const odd = scene({
    stats: stats({ used: 0, limit: 0 }),
    host: host({ memoryBytes: 0 }),
    census: census([{ program: "nginx", server: "nginx", role: "worker", count: 0 }]),
    state: state({ resources: { memoryLimitBytes: 0, cpuQuotaCores: 0.001 } }),
  });
  expect(JSON.stringify(diagnose(odd))).not.toMatch(/NaN|Infinity|undefined/);
});

test.each<[ErrorCode, string]>([
  ["not-found", "not-found"],
  ["unreachable", "unreachable"],
  ["timed-out", "unreachable"],
  ["no-rights", "undetermined"],
  ["internal", "undetermined"],
])("not to be looked at: %s is %s", (code, verdict) => {
  const diagnosis = diagnoseUnreachable(code, "it said no");
  expect(diagnosis.finding).toMatchObject({ verdict, for: [{ says: "it said no" }] });
  expect(diagnoseContainerMemory([], [{ step: "docker.state", code, because: "it said no", tookMs: 1 }]).finding.verdict).toBe(verdict);
});
