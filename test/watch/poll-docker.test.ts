import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openScenes, type Scene } from "../../scripts/lab/containers/scenes.ts";
import { docker, findDocker } from "../../scripts/lab/docker.ts";
import { daemonSocket } from "../../scripts/lab/docker-proxy.ts";
import { noteAbsentSystem, noteRealSystem } from "../../scripts/lab/real-systems.ts";
import { targetKey } from "../../src/domain/target.ts";
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
});
