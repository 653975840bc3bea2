import { describe, expect, test } from "vitest";
import { docker } from "../../../scripts/lab/docker.ts";
import type { DockerActionDeps } from "../../../src/actions/docker/deps.ts";
import type { Plan } from "../../../src/domain/plan.ts";
import { actionOf, containers, daemon, failing, hashed, inspected, MIB, newRun, openLab, plan, refusal, target } from "./lab.ts";

const ID = "docker.set-environment";
const SECRET = "hunter2-not-to-be-seen";

describe.skipIf(daemon.kind === "absent")("docker.set-environment", () => {
  const { scenes, deps } = openLab();
  const action = actionOf(deps, ID);
  const env = { DB_PASSWORD: SECRET, TUNED: "auto", GONE: "1" };

  async function begun(more: Parameters<typeof scenes.steady>[0] = {}) {
    const scene = await scenes.steady({ env, restart: "always", ...more });
    const made = await plan(deps, { id: ID, name: scene.name, params: { set: "TUNED=8", unset: "GONE" } });
    return { ...scene, made, run: newRun() };
  }

  test("makes the container anew with everything else the same, keeps the old one, and goes back", async () => {
    const { name, id } = await scenes.steady({ env, restart: "always", limitMib: 100, more: ["-v", "/kept"] });
    const value = 'line one\nline $TWO = "2"';
    const made = await plan(deps, { id: ID, name, params: { set: { TUNED: "8", MULTI: value }, unset: ["GONE"], limit: "+50%" } });
    expect(made.changes).toEqual(
      expect.arrayContaining([
        { what: "TUNED", before: "auto", after: "8" },
        { what: "GONE", before: "1", after: "not set" },
        { what: "Memory limit", before: "100.0 MiB", after: "150.0 MiB" },
      ]),
    );
    expect(JSON.stringify(made)).not.toContain(SECRET);
    expect(hashed(await plan(deps, { id: ID, name, params: made.params }))).toBe(hashed(made));

    const run = newRun();
    expect(await action.observe(made, run)).toMatchObject({ kind: "not-done" });
    await action.apply(made, run);
    expect(await action.observe(made, run)).toMatchObject({ kind: "done" });
    expect(await docker(["exec", name, "sh", "-c", 'printf %s "$TUNED|$MULTI|$DB_PASSWORD|${GONE-gone}"'])).toBe(
      `8|${value}|${SECRET}|gone`,
    );
    expect(await inspected(name, "{{.HostConfig.Memory}} {{.HostConfig.RestartPolicy.Name}}")).toBe(`${150 * MIB} always`);
    expect(await inspected(id, "{{.State.Status}} {{.HostConfig.RestartPolicy.Name}}")).toBe("exited no");
    expect(await inspected(id, "{{.Name}}")).toMatch(new RegExp(`^/${name}-before-`));
    const verified = await action.verify(made, run);
    expect(verified).toMatchObject({ helped: true, says: expect.stringMatching(/has what was asked for, its limit is 150\.0 MiB/) });
    expect(JSON.stringify([verified, run.saved])).not.toContain(SECRET);

    const back = action.wayBack(made, run);
    expect(back).toEqual({ actionId: "docker.rollback", params: { run: run.id, previous: id } });
    const rollback = actionOf(deps, "docker.rollback");
    const undo = await plan(deps, { id: "docker.rollback", name, params: back?.params ?? {} });
    expect(hashed(await plan(deps, { id: "docker.rollback", name, params: undo.params }))).toBe(hashed(undo));
    const undoing = newRun();
    expect(await rollback.observe(undo, undoing)).toMatchObject({ kind: "not-done" });
    await rollback.apply(undo, undoing);
    expect(await rollback.observe(undo, undoing)).toMatchObject({ kind: "done" });
    expect(await rollback.verify(undo, undoing)).toMatchObject({ helped: true });
    await expectOld(name, id);
    expect(await refusal(rollback.plan(target(name), back?.params ?? {}))).toMatch(/is back already/);
  });

  test("the old one goes when it is not needed any more: by an action, or with the next change", async () => {
    const { name, id, made, run } = await begun();
    await action.apply(made, run);
    const next = await plan(deps, { id: ID, name, params: { set: "TUNED=4" } });
    expect(next.warnings.join("\n")).toMatch(new RegExp(`${name}-before-.*is removed once the new one stands`));
    await action.apply(next, newRun());
    expect(await containers(name)).toHaveLength(2);
    await expect(inspected(id, "{{.Name}}")).rejects.toThrow(/No such object/i);
    const removal = actionOf(deps, "docker.remove-previous");
    const goes = await plan(deps, { id: "docker.remove-previous", name });
    await removal.apply(goes, newRun());
    expect(await removal.observe(goes, newRun())).toMatchObject({ kind: "done" });
    expect(await removal.verify(goes, newRun())).toMatchObject({ helped: true });
    expect(await containers(name)).toEqual([`${name} running`]);
    expect(await refusal(removal.plan(target(name), {}))).toMatch(/there is nothing to remove/);
    expect(await refusal(actionOf(deps, "docker.rollback").plan(target(name), {}))).toMatch(/no container from before a change/);
  });

  // Each has a container of its own, and waits for it most of the time: side by side.
  test.concurrent.each([
    ["createLike", 1, "not-done"],
    ["stop", 1, "not-done"],
    ["setRestartPolicy", 1, "not-done"],
    ["rename", 1, "not-done"],
    ["rename", 2, "not-done"],
    ["start", 1, "not-done"],
  ] as const)("when %s (call %i) fails, the old one comes back, and that is said", async (method, nth, kind) => {
    const { name, id, made, run } = await begun();
    const because = await action_(failing(deps, { method, nth }))
      .apply(made, run)
      .then(
        () => "",
        (error: unknown) => String(error),
      );
    expect(because).toMatch(
      method === "createLike"
        ? /failed on purpose/
        : /failed on purpose\. The old container is back and was started, the new one was removed/,
    );
    expect(await action.observe(made, run)).toMatchObject({ kind });
    await expectOld(name, id);
  });

  test.concurrent.each([
    ["createLike", "after", 1],
    ["stop", "before", 1],
    ["stop", "after", 1],
    ["setRestartPolicy", "after", 1],
    ["rename", "after", 1],
    ["rename", "after", 2],
    ["start", "before", 1],
  ] as const)("when Oomph dies at %s (%s, call %i), what is left is told, and rolled back", async (method, when, nth) => {
    const { name, id, made, run } = await begun();
    await expect(action_(failing(deps, { method, when, nth, dead: true })).apply(made, run)).rejects.toThrow();
    const seen = await action.observe(made, run);
    expect(seen).toMatchObject({ kind: "partly", says: expect.stringMatching(/docker\.rollback/) });
    const repair = action.repair?.(made, run);
    expect(repair).toMatchObject({ actionId: "docker.rollback" });
    await rollBack(deps, name, repair?.params ?? {});
    await expectOld(name, id);
  });

  test("a rollback that dies can be asked for again, and one whose old container does not start leaves the new one serving", async () => {
    const { name, id, made, run } = await begun();
    await action.apply(made, run);
    const back = action.wayBack(made, run)?.params ?? {};
    const undo = await plan(deps, { id: "docker.rollback", name, params: back });
    const failed = actionOf(failing(deps, { method: "start" }), "docker.rollback").apply(undo, newRun());
    await expect(failed).rejects.toThrow(/could not be started.*The new container serves again/);
    expect(await inspected(name, "{{.State.Status}} {{.Id}}")).not.toContain(id);
    const dying = actionOf(failing(deps, { method: "rename", when: "after", dead: true }), "docker.rollback");
    await expect(dying.apply(undo, newRun())).rejects.toThrow();
    const rollback = actionOf(deps, "docker.rollback");
    expect(await rollback.observe(undo, newRun())).toMatchObject({ kind: "partly" });
    await rollBack(deps, name, rollback.repair?.(undo, newRun())?.params ?? {});
    expect(await inspected(name, "{{.Id}} {{.State.Status}}")).toBe(`${id} running`);
  });

  test("a new container that ends at once brings the old one back, with what it said", async () => {
    const { name, id } = await scenes.steady({ env, restart: "always" });
    const made = await plan(deps, { id: ID, name, params: { set: "NODE_OPTIONS=--no-such-option" } });
    await expect(action.apply(made, newRun())).rejects.toThrow(
      /the new container did not stay up: it ended with exit code \d+.*no-such-option.*The old container is back/s,
    );
    await expectOld(name, id);
  });

  test("an unexpected difference is not accepted", async () => {
    const { name, id, made, run } = await begun();
    const real = deps.acts.host("local");
    const host = () => ({
      ...real,
      createLike: (container: string, recipe: Parameters<typeof real.createLike>[1]) =>
        real.createLike(container, { ...recipe, set: { ...recipe.set, SURPRISE: SECRET } }),
    });
    const because = await action_({ ...deps, acts: { host } })
      .apply(made, run)
      .then(
        () => "",
        (error: unknown) => String(error),
      );
    expect(because).toMatch(/differs in more than was asked \(Env\.SURPRISE is another\): it was removed again/);
    expect(because).not.toContain(SECRET);
    await expectOld(name, id);
  });

  test("what was changed since the approval is not touched", async () => {
    const { name, made, run } = await begun();
    await docker(["update", "--memory", "90m", "--memory-swap", "90m", name]);
    await expect(action.apply(made, run)).rejects.toThrow(/Nothing was done: limits, networks or policies/);
    run.abort(new Error("drained"));
    const again = await plan(deps, { id: ID, name, params: made.params });
    await expect(action.apply(again, run)).rejects.toThrow(/drained/);
    expect(await containers(name)).toEqual([`${name} running`]);
  });

  test("refuses what cannot be done or undone, and secrets", async () => {
    const { name } = await scenes.steady({ env });
    const refused = (params: Parameters<typeof action.plan>[1]) => refusal(action.plan(target(name), params));
    expect(await refused({})).toMatch(/has all of that already/);
    expect(await refused({ set: "TUNED=auto" })).toMatch(/has all of that already/);
    expect(await refused({ set: "no equals sign" })).toMatch(/--set expected NAME=value/);
    expect(await refused({ set: { "BAD-NAME": "1" } })).toMatch(/--set expected NAME=value/);
    expect(await refused({ unset: "NOT_THERE" })).toMatch(/NOT_THERE is not set/);
    expect(await refused({ set: "GONE=2", unset: "GONE" })).toMatch(/set and unset at once/);
    const secret = await refused({ set: { API_TOKEN: SECRET } });
    expect(secret).toMatch(/API_TOKEN looks like a secret/);
    expect(secret).not.toContain(SECRET);
    const removed = await scenes.steady({ more: ["--rm"] });
    expect(await refusal(action.plan(target(removed.name), { set: "A=1" }))).toMatch(/started with --rm/);
    await docker(["pause", name]);
    expect(await refused({ set: "A=1" })).toMatch(/is paused: expected one that runs/);
  });

  function action_(some: DockerActionDeps) {
    return actionOf(some, ID);
  }
});

async function rollBack(deps: DockerActionDeps, name: string, params: Plan["params"]): Promise<void> {
  const undo = await plan(deps, { id: "docker.rollback", name, params });
  const run = newRun();
  await actionOf(deps, "docker.rollback").apply(undo, run);
  expect(await actionOf(deps, "docker.rollback").observe(undo, run)).toMatchObject({ kind: "done" });
}

/** The old container, and nothing else of it. */
async function expectOld(name: string, id: string): Promise<void> {
  expect(await containers(name)).toEqual([`${name} running`]);
  expect(await inspected(name, "{{.Id}} {{.HostConfig.RestartPolicy.Name}}")).toBe(`${id} always`);
}
