import { describe, expect, test } from "vitest";
import { findNginx } from "../../../scripts/lab/containers/image.ts";
import { actionOf, daemon, hashed, inspected, MIB, newRun, openLab, plan, refusal, target } from "./lab.ts";

const nginx = findNginx();

describe.skipIf(daemon.kind === "absent" || nginx.kind === "absent")("docker.tune-kong", () => {
  const { scenes, deps } = openLab({ verification: { readings: 2, intervalMs: 500, healthTimeoutMs: 5000 } });
  const action = actionOf(deps, "docker.tune-kong");

  test("the incident: too many workers, fixed in one change with its arithmetic, verified, and rolled back", async () => {
    const { name, id } = await scenes.gateway({ limitMib: 288 });
    await expect
      .poll(async () => (await plan(deps, { id: "docker.restart", name })).before, { timeout: 60_000, interval: 500 })
      .toMatchObject({
        vitals: { workers: { server: "nginx" } },
      });
    const made = await plan(deps, { id: action.id, name, params: { workers: 8, limit: "400m", cache: "32m" } });
    expect(made.scope).toMatchObject({
      set: {
        KONG_NGINX_WORKER_PROCESSES: "8",
        KONG_WORKER_CONSISTENCY: "eventual",
        KONG_WORKER_STATE_UPDATE_FREQUENCY: "5",
        KONG_MEM_CACHE_SIZE: "32m",
      },
      memory: { to: { memoryBytes: 400 * MIB } },
    });
    const arithmetic = made.changes.find(({ what }) => what === "Memory that they take")?.after;
    expect(arithmetic).toMatch(/8 × [\d.]+ MiB \+ [\d.]+ MiB for the rest = /);
    expect(made.warnings.join("\n")).toMatch(/outside its volumes, such as \/[\w/.-]*\w(, \/[\w/.-]*\w)*: that stays/);
    expect(hashed(await plan(deps, { id: action.id, name, params: made.params }))).toBe(hashed(made));

    const run = newRun();
    await action.apply(made, run);
    expect(await action.observe(made, run)).toMatchObject({ kind: "done" });
    const verified = await action.verify(made, run);
    expect(verified.rows.map(({ what }) => what)).toEqual(
      expect.arrayContaining(["Workers", "Memory", "Limit", "CPU", "OOM kills", "Memory errors in the log", "Restarts by Docker"]),
    );
    expect(verified.rows.map(({ what }) => what)).not.toContain("Processes");
    expect(verified.rows.find(({ what }) => what === "Workers")).toMatchObject({ after: "8 (and 1 master)", ok: true });
    expect(verified).toMatchObject({ helped: true });

    const rollback = actionOf(deps, "docker.rollback");
    const undo = await plan(deps, { id: rollback.id, name, params: action.wayBack(made, run)?.params ?? {} });
    await rollback.apply(undo, newRun());
    expect(await inspected(name, "{{.Id}} {{.State.Status}}")).toBe(`${id} running`);
  });

  test("it did not help is said: another number of workers than was asked for", async () => {
    const { name } = await scenes.gateway({ workers: 4, limitMib: 400 });
    const made = await plan(deps, { id: action.id, name, params: { workers: 2 } });
    const run = newRun();
    await action.apply(made, run);
    const other = { ...made, scope: { ...made.scope, set: { ...(made.scope["set"] as object), KONG_NGINX_WORKER_PROCESSES: "3" } } };
    expect(await action.verify(other, run)).toMatchObject({
      helped: false,
      says: expect.stringMatching(/KONG_NGINX_WORKER_PROCESSES not as approved/),
    });
  });

  test("refuses what is not Kong, and params that make no sense", async () => {
    const { name } = await scenes.steady();
    expect(await refusal(action.plan(target(name), { workers: 8 }))).toMatch(/does not look like Kong.*docker\.tune-workers/);
    expect(await refusal(action.plan(target(name), { workers: "many", cache: "256" }))).toMatch(
      /--workers expected a whole number.*--cache expected a size with its unit/,
    );
    expect(await refusal(action.plan(target(name), {}))).toMatch(/--workers expected/);
  });
});
