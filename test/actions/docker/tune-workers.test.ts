import { describe, expect, test } from "vitest";
import { actionOf, daemon, newRun, openLab, plan, refusal, target } from "./lab.ts";

const ID = "docker.tune-workers";

describe.skipIf(daemon.kind === "absent")("docker.tune-workers", () => {
  const { scenes, deps } = openLab();
  const action = actionOf(deps, ID);

  test.each([
    [{ WEB_CONCURRENCY: "auto", PUMA_WORKERS: "1" }, "WEB_CONCURRENCY", "3"],
    [{ GUNICORN_CMD_ARGS: "--timeout 60 --workers=36 --preload" }, "GUNICORN_CMD_ARGS", "--timeout 60 --workers=3 --preload"],
    [{ GUNICORN_CMD_ARGS: "--timeout 60" }, "GUNICORN_CMD_ARGS", "--timeout 60 --workers 3"],
    [{ UWSGI_PROCESSES: "12" }, "UWSGI_PROCESSES", "3"],
    [{ CELERYD_CONCURRENCY: "12" }, "CELERYD_CONCURRENCY", "3"],
  ])("takes the variable that the container has: %j", async (env, name, value) => {
    const scene = await scenes.steady({ env });
    const made = await plan(deps, { id: ID, name: scene.name, params: { workers: 3, limit: "200m" } });
    expect(made.scope).toMatchObject({ set: { [name]: value } });
    expect(made.warnings.join(" ")).toMatch(/could not be measured/);
  });

  test("without workers to be seen, that is no success", async () => {
    const { name } = await scenes.steady({ env: { WEB_CONCURRENCY: "8" } });
    const made = await plan(deps, { id: ID, name, params: { workers: 2 } });
    const run = newRun();
    await action.apply(made, run);
    expect(await action.verify(made, run)).toMatchObject({ helped: false, says: expect.stringMatching(/Workers: none seen/) });
  });

  test("refuses where no variable decides", async () => {
    const kong = await scenes.steady({ env: { KONG_DATABASE: "off" } });
    expect(await refusal(action.plan(target(kong.name), { workers: 2 }))).toMatch(/is Kong: ask for docker\.tune-kong/);
    const bare = await scenes.steady();
    expect(await refusal(action.plan(target(bare.name), { workers: 2 }))).toMatch(/no workers were seen/);
    const same = await scenes.steady({ env: { UWSGI_PROCESSES: "2" } });
    expect(await refusal(action.plan(target(same.name), { workers: 2 }))).toMatch(/has all of that already/);
  });
});
