import { describe, expect, it, test, vi } from "vitest";
import { docker } from "../../../scripts/lab/docker.ts";
import { withCountedSince } from "../../../src/actions/docker/kills-since.ts";
import type { DockerActionDeps } from "../../../src/actions/docker/deps.ts";
import type { Vitals } from "../../../src/actions/docker/stored/schema.ts";
import { OomphError } from "../../../src/domain/errors.ts";
import type { ContainerHost } from "../../../src/ports/containers.ts";
import { PATIENCE } from "../../support/patience.ts";
import { actionOf, daemon, MIB, newRun, openLab, plan } from "./lab.ts";

describe("kills between two readings of one life", () => {
  it("are what the kernel has counted meanwhile, where that is more than others know of", () => {
    expect(withCountedSince(vitals({ kernelKills: 4 }), vitals({ kernelKills: 6 }))).toMatchObject({ kills: 2, killsBy: ["kernel"] });
    const heard = vitals({ kernelKills: 4, kills: 3, killsBy: ["watch"] });
    expect(withCountedSince(vitals({ kernelKills: 4 }), heard)).toMatchObject({ kills: 3, killsBy: ["watch"] });
    expect(withCountedSince(vitals({ kernelKills: 4 }), vitals({ kernelKills: 4 }))).toMatchObject({
      kills: 0,
      killsBy: ["kernel", "events"],
    });
  });

  it("of another life the kernel's count begins anew", () => {
    const now = vitals({ kernelKills: 6, startedAtMs: 2 });
    expect(withCountedSince(vitals({ kernelKills: 4 }), now)).toEqual(now);
  });
});

describe.skipIf(daemon.kind === "absent")("kills since an act, when Docker has forgotten its events", () => {
  const { scenes, deps } = openLab();
  const forgetful = withHost(deps, () => ({ pastEvents: async () => [] }));

  test("the kernel's own count tells of them, and that it does", async () => {
    const { name, id } = await scenes.childKilled({ limitMib: 64, env: { LAB_AGAIN_SECONDS: 1 } });
    const action = actionOf(forgetful, "docker.restart");
    const made = await plan(forgetful, { id: "docker.restart", name });
    const run = newRun();
    await action.apply(made, run);
    await vi.waitFor(async () => expect(await deps.hosts.host("local").killCount(id)).toBeGreaterThan(0), PATIENCE);
    const verified = await action.verify(made, run);
    expect(verified).toMatchObject({
      helped: false,
      says: expect.stringMatching(/the kernel killed in it again, (once|\d+ times) since, by the kernel's own count\./),
    });
    expect(kills(verified)).toMatchObject({ after: expect.stringMatching(/^[1-9]\d* since, by the kernel's own count$/), ok: false });
  });

  test("what the watch heard counts where it is more, and where there was none all who were asked are named", async () => {
    const { name } = await scenes.steady({ limitMib: 100, mib: 16 });
    const action = (heard: number) => actionOf({ ...forgetful, history: { kills: async () => heard } }, "docker.restart");
    const made = await plan(forgetful, { id: "docker.restart", name });
    const run = newRun();
    await action(0).apply(made, run);
    expect(kills(await action(3).verify(made, run))).toMatchObject({ after: "3 since, by what the watch heard", ok: false });
    expect(kills(await action(0).verify(made, run))).toMatchObject({
      after: "0 since, by the kernel's own count, what the watch heard, Docker's events",
      ok: true,
    });
  });

  test("what the watch heard of the container before, while that one still stopped, does not count against the new one", async () => {
    const { name } = await scenes.steady({ limitMib: 100, mib: 16, env: { TUNED: "auto" } });
    const asked: number[] = [];
    const action = actionOf({ ...forgetful, history: { kills: async (_, sinceMs) => (asked.push(sinceMs), 0) } }, "docker.set-environment");
    const made = await plan(forgetful, { id: "docker.set-environment", name, params: { set: "TUNED=8" } });
    const run = newRun();
    await action.apply(made, run);
    asked.length = 0;
    expect(await action.verify(made, run)).toMatchObject({ helped: true });
    const times = await docker(["inspect", "-f", "{{.Created}} {{.State.StartedAt}}", name]);
    const [created = 0, started = 0] = times
      .trim()
      .split(" ")
      .map((time) => Date.parse(time));
    expect(started).toBeGreaterThan(created);
    expect(new Set(asked)).toEqual(new Set([started]));
  });

  test("where nobody tells it is not known, and none is claimed", async () => {
    const { name } = await scenes.steady({ limitMib: 100, mib: 16 });
    const silent = withHost(deps, () => ({
      pastEvents: () => Promise.reject(new OomphError("no-rights", "the proxy does not let GET /events through")),
      killCount: async () => undefined,
    }));
    const action = actionOf(silent, "docker.set-memory-limit");
    const made = await plan(silent, { id: "docker.set-memory-limit", name, params: { limit: 200 * MIB } });
    const run = newRun();
    await action.apply(made, run);
    const verified = await action.verify(made, run);
    expect(verified).toMatchObject({ helped: true, says: expect.stringContaining("whether anything was killed since is not known") });
    expect(kills(verified)).toMatchObject({ before: "not known", after: "not known: nobody tells of them" });
  });
});

function kills({ rows }: { readonly rows: readonly { readonly what: string }[] }): unknown {
  return rows.find(({ what }) => what === "OOM kills");
}

/** The same with some of a host's methods replaced. */
function withHost(deps: DockerActionDeps, change: () => Partial<ContainerHost>): DockerActionDeps {
  return { ...deps, hosts: { ...deps.hosts, host: (connection) => ({ ...deps.hosts.host(connection), ...change() }) } };
}

function vitals(change: Partial<Vitals>): Vitals {
  return {
    id: "ab".repeat(32),
    state: "running",
    exitCode: 0,
    startedAtMs: 1,
    restartCount: 0,
    oomKilled: false,
    hostBytes: 1,
    kills: 0,
    killsWithinMs: 1000,
    killsBy: ["events"],
    linesWithinMs: 1000,
    ...change,
  };
}
