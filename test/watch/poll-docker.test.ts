import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openScenes, type Scene } from "../../scripts/lab/containers/scenes.ts";
import { docker, findDocker } from "../../scripts/lab/docker.ts";
import { daemonSocket } from "../../scripts/lab/docker-proxy.ts";
import { noteAbsentSystem, noteRealSystem } from "../../scripts/lab/real-systems.ts";
import { targetKey, type Target } from "../../src/domain/target.ts";
import { createMemoryBoard } from "../../src/watch/memory-board.ts";
import { startDesk, type TestDesk } from "../support/desk.ts";
import { PATIENCE } from "../support/patience.ts";
import { container, startWatch, type WatchRig } from "./rig.ts";

const real = await findDocker();
if (real.kind === "there") noteRealSystem("docker", real.version);
else noteAbsentSystem("docker", real.because);

const MIB = 2 ** 20;

describe.skipIf(real.kind === "absent")(`a look at real Docker${real.kind === "absent" ? ` (${real.because})` : ""}`, () => {
  const scenes = openScenes();
  let test: TestDesk;
  let watch: WatchRig;

  beforeAll(async () => {
    test = await startDesk();
    watch = startWatch(test, {
      sockets: { local: daemonSocket() },
      callTimeoutMs: 60_000,
      isWatched: (_host, name) => name.startsWith(`oomph-lab-${scenes.run}`),
    });
  });
  afterAll(async () => {
    await watch.end();
    await scenes.end();
    await test.stop();
  });

  const readings = async ({ name }: Scene) => test.desk.store.readings.of(targetKey(container(name)), 0);
  /** Once it has its memory. */
  const uses = ({ name }: Scene, atLeastMib: number) =>
    vi.waitFor(async () => expect((await watch.hosts.host("local").stats(name)).usageBytes).toBeGreaterThan(atLeastMib * MIB), {
      ...PATIENCE,
      timeout: 60_000,
    });

  it("reads what runs, with its limit; tells of pressure once, and of its end when a limit is raised", async () => {
    const [near, free, stopped] = await Promise.all([
      scenes.steady({ mib: 48, limitMib: 72 }),
      scenes.steady({ mib: 8, more: ["--memory", "0", "--memory-swap", "0"] }),
      scenes.killed(),
    ]);
    await uses(near, 52);
    for (let look = 0; look < 3; look += 1) expect(await watch.look()).toMatchObject({ read: 2, failed: 0 });
    expect((await readings(near)).map(({ limitBytes }) => limitBytes)).toEqual([72 * MIB, 72 * MIB, 72 * MIB]);
    expect((await readings(free))[0]).not.toHaveProperty("limitBytes");
    expect(await readings(stopped)).toEqual([]);
    expect(await watch.told(near.name)).toEqual([
      expect.stringMatching(/Memory is (getting short|nearly used up): .* of its limit of 72\.0 MiB/),
    ]);
    await docker(["update", "--memory", "256m", "--memory-swap", "256m", near.id]);
    for (let look = 0; look < 2; look += 1) await watch.look();
    expect(await watch.incidents(near.name)).toMatchObject([{ state: "resolved" }]);
    const known = await test.desk.store.watched.get(targetKey(container(near.name)));
    expect(known?.marks).toMatchObject([{ kind: "change" }]);
  });

  it("a container that is killed and removed between looks is left out, and the others are read", async () => {
    const [brief, steady] = await Promise.all([scenes.leak({ mibPerSecond: 200, limitMib: 64 }), scenes.steady({ mib: 8 })]);
    const looking = watch.look();
    await docker(["rm", "-f", "-v", brief.id]);
    expect(await looking, watch.logged.join()).toMatchObject({ failed: 0 });
    await watch.look();
    expect((await readings(steady)).length).toBeGreaterThan(0);
  });

  it("those who ask hear of what restarts in a loop, has given up or was killed, with its end; what was stopped or is done is left out", async () => {
    const [loop, anew, givenUp, killed, ...others] = await Promise.all([
      scenes.shell("exit 3", { restart: "always" }),
      scenes.shell("if [ -e /again ]; then sleep 9999; fi; : > /again; exit 1", { restart: "always" }),
      scenes.shell("exit 1", { restart: "on-failure:1" }),
      scenes.leak({ mibPerSecond: 200, limitMib: 64 }),
      scenes.shell("exit 0"),
      scenes.killed(),
    ]);
    const { store: tables, clock } = test.desk;
    const charts = { draw: async () => new Uint8Array() };
    const board = createMemoryBoard({ tables, clock, charts, sources: watch.deps.sources });
    await vi.waitFor(async () => {
      const { down, rows } = await board.top(new AbortController().signal);
      const seen = (scene: Scene, list: readonly { readonly target: Target }[]) => list.filter(({ target }) => target.name === scene.name);
      const atMs = expect.any(Number);
      expect(seen(loop, down)).toMatchObject([
        { state: "restarting", restarts: expect.any(Number), limitBytes: 64 * MIB, lastEnd: { exitCode: 3, atMs } },
      ]);
      expect(seen(anew, rows)).toMatchObject([{ again: { restarts: 1 } }]);
      expect(seen(givenUp, down)).toMatchObject([{ state: "exited", restarts: 1, lastEnd: { exitCode: 1, atMs } }]);
      expect(seen(killed, down)).toMatchObject([{ state: "exited", restarts: 0, lastEnd: { reason: "OOMKilled", exitCode: 137, atMs } }]);
      expect(others.flatMap((other) => seen(other, [...down, ...rows]))).toEqual([]);
    }, PATIENCE);
  });
});
