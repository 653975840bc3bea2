import { describe, expect, test, vi } from "vitest";
import { docker } from "../../../scripts/lab/docker.ts";
import { PATIENCE } from "../../support/patience.ts";
import { actionOf, daemon, inspected, newRun, openLab, plan, refusal, target } from "./lab.ts";

const ID = "docker.restart";

describe.skipIf(daemon.kind === "absent")("docker.restart", () => {
  const { scenes, deps } = openLab();
  const action = actionOf(deps, ID);

  test("restarts what runs, and is told apart from not done", async () => {
    const { name, id } = await scenes.steady();
    const made = await plan(deps, { id: ID, name });
    expect(made).toMatchObject({ summary: `Restart docker/${name}`, risk: "disruptive", scope: { id, state: "running" } });
    const run = newRun();
    expect(await action.observe(made, run)).toMatchObject({ kind: "not-done" });
    const startedAt = await inspected(name, "{{.State.StartedAt}}");
    await action.apply(made, run);
    expect(await inspected(name, "{{.State.StartedAt}}")).not.toBe(startedAt);
    expect(await action.observe(made, run)).toMatchObject({ kind: "done" });
    expect(await action.verify(made, run)).toMatchObject({ helped: true });
    expect(action.wayBack(made, run)).toBeUndefined();
  });

  test("starts what is stopped, and says so", async () => {
    const { name } = await scenes.killed();
    const made = await plan(deps, { id: ID, name });
    expect(made.summary).toBe(`Start docker/${name}, which is stopped (exit code 137)`);
    const run = newRun();
    await action.apply(made, run);
    expect(await inspected(name, "{{.State.Status}}")).toBe("running");
    expect(await action.observe(made, run)).toMatchObject({ kind: "done" });
  });

  test("one that was made anew meanwhile is not the one that was approved", async () => {
    const { name } = await scenes.steady();
    const made = await plan(deps, { id: ID, name });
    await docker(["rm", "-f", name]);
    await scenes.steady({ name });
    await expect(action.apply(made, newRun())).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringMatching(/is another container by now/),
    });
  });

  test("refuses what is paused; names those that share its network; a service that stays ill is no success", async () => {
    const { name } = await scenes.steady({ more: ["--health-cmd", "exit 1", "--health-interval", "200ms", "--health-retries", "1"] });
    await scenes.steady({ name: `${name}-beside`, more: ["--network", `container:${name}`] });
    const made = await plan(deps, { id: ID, name });
    expect(made.blastRadius.join("\n")).toContain(`${name}-beside shares its network and loses its own connections`);
    // Its health check begins a process every 200 ms: a busy machine may not get hold of all of them at once.
    await vi.waitFor(() => docker(["pause", name]), PATIENCE);
    expect(await refusal(action.plan(target(name), {}))).toMatch(/is paused: unpause it/);
    expect(await refusal(action.plan(target(name), { hard: "yes" }))).toMatch(/there is no parameter --hard/);
    await docker(["unpause", name]);
    const run = newRun();
    await action.apply(made, run);
    expect(await action.verify(made, run)).toMatchObject({
      helped: false,
      says: expect.stringMatching(/not well: Docker's health check says unhealthy/),
    });
  });
});
