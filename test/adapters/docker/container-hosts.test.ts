import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { openScenes, type Scene } from "../../../scripts/lab/containers/scenes.ts";
import { findNginx } from "../../../scripts/lab/containers/image.ts";
import { docker, findDocker } from "../../../scripts/lab/docker.ts";
import { daemonSocket } from "../../../scripts/lab/docker-proxy.ts";
import { noteAbsentSystem, noteRealSystem } from "../../../scripts/lab/real-systems.ts";
import { createContainerHosts } from "../../../src/adapters/docker/container-hosts.ts";
import { silentLog } from "./silent-log.ts";

const daemon = await findDocker();
const nginx = findNginx();
if (daemon.kind === "there") noteRealSystem("docker", daemon.version);
else noteAbsentSystem("docker", daemon.because);
if (nginx.kind === "there" && daemon.kind === "there") noteRealSystem("nginx", nginx.version);
else noteAbsentSystem("nginx", nginx.kind === "absent" ? nginx.because : "there is no Docker to run it in");

const GENEROUS = { connectTimeoutMs: 20_000, callTimeoutMs: 60_000 };
const EXEC = { timeoutMs: 60_000, maxBytes: 100_000 };
const MIB = 2 ** 20;

describe.skipIf(daemon.kind === "absent")(`a Docker host${daemon.kind === "absent" ? ` (${daemon.because})` : ""}`, () => {
  const scenes = openScenes();
  const hosts = createContainerHosts([{ name: "local", endpoint: { kind: "socket", path: daemonSocket() }, ...GENEROUS }], {
    log: silentLog,
  });
  const host = hosts.host("local");
  let steady: Scene;
  let stopped: Scene;

  beforeAll(async () => {
    steady = await scenes.steady({
      labels: { "com.docker.compose.service": "web" },
      cpus: 0.5,
      more: ["--cpuset-cpus", "0", "--pids-limit", "64"],
    });
    stopped = await scenes.killed();
  });

  afterAll(async () => {
    await hosts.close();
    await scenes.end();
  });

  test("says what it is", async () => {
    const facts = await host.facts();
    const [version, id] = (await docker(["info", "--format", "{{.CgroupVersion}} {{.ID}}"])).trim().split(" ");
    expect(facts).toMatchObject({ cgroupVersion: Number(version), daemonId: id });
    expect(facts.memoryBytes).toBeGreaterThan(256 * MIB);
    expect(facts.cores).toBeGreaterThan(0);
    expect(Math.abs(facts.nowMs - Date.now())).toBeLessThan(60_000);
  });

  test("lists containers, stopped ones too", async () => {
    const list = await host.list();
    const own = list.filter(({ labels }) => labels["oomph-test"] === scenes.run);
    expect(own.map(({ id, name, state }) => ({ id, name, state }))).toEqual(
      expect.arrayContaining([
        { ...steady, state: "running" },
        { ...stopped, state: "exited" },
      ]),
    );
    expect(own.find(({ id }) => id === steady.id)?.labels["com.docker.compose.service"]).toBe("web");
  });

  test("tells limits and how a container ended", async () => {
    const facts = await host.inspect(steady.name);
    expect(facts).toMatchObject({ id: steady.id, state: "running", restartPolicy: "no", tty: false, networks: ["bridge"] });
    expect(facts.resources).toEqual({
      memoryLimitBytes: 128 * MIB,
      memorySwapBytes: 128 * MIB,
      oomKillDisabled: false,
      cpuQuotaCores: 0.5,
      cpuset: "0",
      cpusetCores: 1,
      pidsLimit: 64,
    });
    expect(facts.environment).toContain("LAB_MIB=48");
    expect(facts.pid).toBeGreaterThan(1);
    expect(await host.inspect(stopped.name)).toMatchObject({ state: "exited", exitCode: 137, oomKilled: false, pid: 0 });
  });

  test("counts memory as `docker stats` does", async () => {
    await vi.waitFor(async () => expect((await host.stats(steady.id)).usageBytes).toBeGreaterThan(48 * MIB), { timeout: 60_000 });
    const stats = await host.stats(steady.name);
    expect(stats.limitBytes).toBe(128 * MIB);
    expect(stats.rawUsageBytes).toBeGreaterThanOrEqual(stats.usageBytes);
    expect(stats.anonBytes).toBeGreaterThan(48 * MIB);
    expect(stats.pids).toBeGreaterThan(0);
    expect(stats.cpuTotalNs).toBeGreaterThan(0);
    const [shown = ""] = (await docker(["stats", "--no-stream", "--format", "{{.MemUsage}}", steady.id])).split("MiB");
    expect(Math.abs(Number(shown) - stats.usageBytes / MIB)).toBeLessThan(8);
  });

  test("takes the host's memory as the limit where a container has none", async () => {
    const free = await scenes.shell("sleep 1000", { more: ["--memory", "0", "--memory-swap", "0"] });
    expect((await host.stats(free.id)).limitBytes).toBe((await host.facts()).memoryBytes);
  });

  test("says that a stopped or restarting container is not running", async () => {
    const restarting = await scenes.shell("exit 1", { restart: "always" });
    await vi.waitFor(async () => expect((await host.inspect(restarting.id)).state).toBe("restarting"), { timeout: 60_000 });
    for (const name of [stopped.name, stopped.id]) {
      await expect(host.stats(name)).rejects.toMatchObject({ code: "not-running" });
      await expect(host.processes(name)).rejects.toMatchObject({ code: "not-running" });
      await expect(host.execute(name, ["cat"], EXEC)).rejects.toMatchObject({ code: "not-running" });
    }
    await vi.waitFor(async () => expect(host.stats(restarting.id)).rejects.toMatchObject({ code: "not-running" }), { timeout: 60_000 });
  });

  test("takes exact names and whole ids only, and a name for a name whatever it looks like", async () => {
    const short = steady.id.slice(0, 12);
    for (const name of [short, "--help", "../info", "a b", "%2e%2e", "", ".", "no such", "kong?all=1", "ü"]) {
      await expect(host.inspect(name), name).rejects.toMatchObject({ code: "not-found" });
      await expect(host.stats(name), name).rejects.toMatchObject({ code: "not-found" });
      await expect(host.logTail(name, { lines: 1, maxBytes: 100 }), name).rejects.toMatchObject({ code: "not-found" });
    }
    const namesake = await scenes.shell("sleep 1000", { name: short });
    expect((await host.inspect(short)).id).toBe(namesake.id);
    expect((await host.execute(short, ["cat", "/proc/1/comm"], EXEC)).stdout).toBe("sh\n");
    expect(() => hosts.host("other")).toThrow("There is no Docker host named other: configured are local.");
  });

  test("runs programs inside, and tells a missing one from one that failed", async () => {
    const run = (...argv: readonly string[]) => host.execute(steady.name, argv, EXEC);
    expect(await run("sh", "-c", "echo out; echo err >&2; exit 3")).toEqual({
      exitCode: 3,
      stdout: "out\n",
      stderr: "err\n",
      truncated: false,
    });
    expect(await run("sh", "-c", 'echo "$1"', "sh", "-n $HOME; 'x'\n")).toMatchObject({ stdout: "-n $HOME; 'x'\n\n" });
    expect(await run("no-such-program")).toMatchObject({ exitCode: 127, stdout: "", stderr: expect.stringMatching(/not found/) });
    expect(await run("/etc")).toMatchObject({ exitCode: 126, stdout: "", stderr: expect.stringMatching(/permission denied/) });
    expect(await run("sh", "-c", "exit 127")).toEqual({ exitCode: 127, stdout: "", stderr: "", truncated: false });
    const cut = await host.execute(steady.name, ["sh", "-c", "head -c 3000000 /dev/zero; echo end >&2"], {
      timeoutMs: 60_000,
      maxBytes: 1000,
    });
    expect({ ...cut, stdout: cut.stdout.length }).toEqual({ exitCode: 0, stdout: 1000, stderr: "", truncated: true });
  });

  test("stops waiting for a program when its time is over", async () => {
    const waiting = host.execute(steady.name, ["sleep", "1000"], { timeoutMs: 300, maxBytes: 100 });
    await expect(waiting).rejects.toMatchObject({
      code: "timed-out",
      message: expect.stringContaining("did not end within 300 ms. It may go on"),
    });
  });

  test("lists processes with their memory", async () => {
    const parent = await scenes.shell("sleep 1000 & sleep 1000; true");
    await vi.waitFor(async () => expect(await host.processes(parent.id)).toHaveLength(3), { timeout: 60_000 });
    const processes = await host.processes(parent.id);
    const main = processes.find(({ args }) => args.startsWith("sh -c"));
    expect(main?.args).toBe("sh -c sleep 1000 & sleep 1000; true");
    expect(processes.filter(({ parentPid }) => parentPid === main?.pid).map(({ args }) => args)).toEqual(["sleep 1000", "sleep 1000"]);
    for (const { rssBytes } of processes) expect(rssBytes).toBeGreaterThan(100_000);
  });

  describe("the end of a log", () => {
    const read = (scene: Scene, limits: { lines: number; maxBytes: number; sinceMs?: number }) => host.logTail(scene.id, limits);
    const ended = async (scene: Scene): Promise<Scene> => {
      await vi.waitFor(async () => expect((await host.inspect(scene.id)).state).toBe("exited"), { timeout: 60_000 });
      return scene;
    };

    test.each(["json-file", "local"])("of driver %s, both streams, with times", async (driver) => {
      const scene = await ended(
        await scenes.shell("echo one; sleep 0.2; echo zwölf >&2; sleep 0.2; printf three", { more: ["--log-driver", driver] }),
      );
      const tail = await read(scene, { lines: 10, maxBytes: 10_000 });
      expect(tail.lines.map(({ stream, text }) => `${stream} ${text}`)).toEqual(["stdout one", "stderr zwölf", "stdout three"]);
      expect(tail.truncated).toBe(false);
      const times = tail.lines.map(({ atMs }) => atMs);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(Math.abs((times[0] ?? 0) - Date.now())).toBeLessThan(600_000);
      expect((await read(scene, { lines: 10, maxBytes: 10_000, sinceMs: times[1] ?? 0 })).lines.map(({ text }) => text)).toEqual([
        "zwölf",
        "three",
      ]);
      expect(await read(scene, { lines: 2, maxBytes: 10_000 })).toMatchObject({
        lines: [{ text: "zwölf" }, { text: "three" }],
        truncated: true,
      });
    });

    test("of a terminal", async () => {
      const scene = await ended(await scenes.shell("echo one; echo two >&2", { more: ["-t"] }));
      expect((await read(scene, { lines: 10, maxBytes: 1000 })).lines.map(({ stream, text }) => `${stream} ${text}`)).toEqual([
        "stdout one",
        "stdout two",
      ]);
    });

    test("with lines of many KiB in one piece, and within its bounds", async () => {
      const scene = await ended(
        await scenes.shell(
          "i=0; while [ $i -lt 40 ]; do i=$((i+1)); echo \"$i $(head -c 50000 /dev/zero | tr '\\0' x) end\"; done 2>&1; echo last",
          {
            limitMib: 128,
          },
        ),
      );
      const all = await read(scene, { lines: 1000, maxBytes: 10 * MIB });
      expect(all.lines).toHaveLength(41);
      expect(all.truncated).toBe(false);
      expect(all.lines[0]?.text).toMatch(/^1 .* end$/);
      expect(all.lines.at(-1)?.text).toBe("last");
      expect(await read(scene, { lines: 100, maxBytes: 10 * MIB })).toMatchObject({ truncated: true });
      const few = await read(scene, { lines: 1000, maxBytes: 120_000 });
      expect(few.truncated).toBe(true);
      expect(few.lines.at(-1)?.text).toBe("last");
      expect(few.lines.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThanOrEqual(120_000);
      expect(few.lines.length).toBeGreaterThan(1);
    });

    test("that the driver does not keep is refused with why", async () => {
      const scene = await scenes.shell("sleep 1000", { more: ["--log-driver", "none"] });
      await expect(read(scene, { lines: 1, maxBytes: 100 })).rejects.toMatchObject({
        code: "refused",
        message: expect.stringContaining("its logging driver keeps none"),
      });
    });

    test("that is empty is empty", async () => {
      expect(await read(await ended(await scenes.shell("true")), { lines: 5, maxBytes: 100 })).toEqual({ lines: [], truncated: false });
    });
  });

  describe("scenes of the lab", () => {
    test("a leak is killed, and the kernel said so", async () => {
      const scene = await scenes.leak({ mibPerSecond: 200 });
      await vi.waitFor(
        async () => expect(await host.inspect(scene.id)).toMatchObject({ state: "exited", oomKilled: true, exitCode: 137 }),
        {
          timeout: 60_000,
          interval: 200,
        },
      );
    });

    test("a child is killed, and the container lives", async () => {
      const scene = await scenes.childKilled();
      await vi.waitFor(
        async () => {
          const { lines } = await host.logTail(scene.id, { lines: 50, maxBytes: 10_000 });
          expect(lines.map(({ text }) => text)).toContainEqual(expect.stringMatching(/child \d+ ended by SIGKILL/));
        },
        { timeout: 60_000, interval: 200 },
      );
      expect((await host.inspect(scene.id)).state).toBe("running");
    });

    test("a runtime that runs out of its own heap ends itself", async () => {
      const scene = await scenes.heapExhausted();
      await vi.waitFor(
        async () => expect(await host.inspect(scene.id)).toMatchObject({ state: "exited", oomKilled: false, exitCode: 134 }),
        {
          timeout: 60_000,
          interval: 200,
        },
      );
      const { lines } = await host.logTail(scene.id, { lines: 100, maxBytes: 100_000 });
      expect(lines.map(({ text }) => text).join("\n")).toContain("JavaScript heap out of memory");
    });

    test.skipIf(nginx.kind === "absent")(
      `a gateway with a worker for every core${nginx.kind === "absent" ? ` (${nginx.because})` : ""}`,
      async () => {
        const scene = await scenes.gateway();
        await vi.waitFor(
          async () => {
            const { lines } = await host.logTail(scene.id, { lines: 1000, maxBytes: MIB });
            expect(lines.map(({ text }) => text).join("\n")).toMatch(/\[alert\] .* worker process \d+ exited on signal 9/);
          },
          { timeout: 120_000, interval: 500 },
        );
        const workers = (await host.processes(scene.id)).filter(({ args }) => args.startsWith("nginx: worker process"));
        expect(workers.length).toBeGreaterThanOrEqual(35); // one may be about to come back
        const stats = await host.stats(scene.id);
        expect(stats.usageBytes / stats.limitBytes).toBeGreaterThan(0.85);

        const well = await scenes.gateway({ workers: 8, limitMib: 576 });
        await vi.waitFor(
          async () =>
            expect((await host.processes(well.id)).filter(({ args }) => args.startsWith("nginx: worker process"))).toHaveLength(8),
          { timeout: 60_000, interval: 200 },
        );
        expect((await fetch(`http://127.0.0.1:${well.port}/status`)).status).toBe(200);
        expect(await host.execute(well.id, ["kong", "health"], EXEC)).toMatchObject({
          exitCode: 0,
          stdout: expect.stringContaining("healthy"),
        });
      },
      240_000,
    );
  });
});
