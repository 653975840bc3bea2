import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openScenes } from "../../../scripts/lab/containers/scenes.ts";
import { findDocker } from "../../../scripts/lab/docker.ts";
import { noteAbsentSystem, noteRealSystem } from "../../../scripts/lab/real-systems.ts";
import { glanceAtCgroup, killsInCgroup } from "../../../src/adapters/docker/cgroup-glance.ts";
import { createContainerHosts } from "../../../src/adapters/docker/container-hosts.ts";
import { endpointFromUrl } from "../../../src/adapters/docker/connection-url.ts";

const daemon = await findDocker();
if (daemon.kind === "there") noteRealSystem("docker", daemon.version);
else noteAbsentSystem("docker", daemon.because);
const ID = "ab".repeat(32);
const root = mkdtempSync(join(tmpdir(), "oomph-cgroup-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("memory from the kernel's own files", () => {
  it.each([
    ["v1, cgroupfs", `memory/docker/${ID}`, "memory.usage_in_bytes", "total_inactive_file"],
    ["v1, systemd", `memory/system.slice/docker-${ID}.scope`, "memory.usage_in_bytes", "total_inactive_file"],
    ["v2, cgroupfs", `docker/${ID}`, "memory.current", "inactive_file"],
    ["v2, systemd", `system.slice/docker-${ID}.scope`, "memory.current", "inactive_file"],
  ])("%s: usage without inactive file cache", async (...[name, folder, usage, inactive]) => {
    const here = join(root, name);
    const files = { cgroups: here, meminfo: join(root, "no-such-file") };
    mkdirSync(join(here, folder), { recursive: true });
    writeFileSync(join(here, folder, usage), "5000000\n");
    writeFileSync(join(here, folder, "memory.stat"), `anon 1\n${inactive} 1000000\nunevictable 0\n`);
    expect(await glanceAtCgroup(ID, files)).toEqual({ usageBytes: 4_000_000 });
  });

  it.each([
    ["v1", `memory/docker/${ID}`, v1Files({ "memory.memsw.usage_in_bytes": "6000000", "memory.memsw.limit_in_bytes": "9000000" }), 1, 3],
    ["v1 without swap accounting", `memory/docker/${ID}`, v1Files({}), 0, 4],
    ["v2", `docker/${ID}`, v2Files({ "memory.swap.current": "1000000", "memory.swap.max": "3000000" }), 1, 3],
    ["v2, no limit", `docker/${ID}`, v2Files({ "memory.swap.current": "1000000", "memory.swap.max": "max" }), 1, 5],
    ["v2, none allowed", `docker/${ID}`, v2Files({ "memory.swap.current": "0", "memory.swap.max": "0" }), undefined, undefined],
  ])("%s: swap that is used, and may be, as far as the host has any", async (...[name, folder, files, used, limit]) => {
    const cgroups = join(root, `swap ${name}`);
    const meminfo = join(cgroups, "meminfo");
    mkdirSync(join(cgroups, folder), { recursive: true });
    for (const [file, text] of Object.entries(files)) writeFileSync(join(cgroups, folder, file), `${text}\n`);
    writeFileSync(meminfo, "MemTotal: 9 kB\nSwapTotal:        9000 kB\nSwapFree:        4000 kB\n");
    const glance = await glanceAtCgroup(ID, { cgroups, meminfo });
    expect(glance?.usageBytes).toBe(4_000_000);
    const { usedBytes, limitBytes } = glance?.swap ?? {};
    expect([usedBytes, limitBytes].map((bytes) => (bytes === undefined ? undefined : Math.round(bytes / 1e6)))).toEqual([used, limit]);
    expect(await killsInCgroup(ID, { cgroups, meminfo })).toBe(7);
    writeFileSync(meminfo, "SwapTotal:        0 kB\nSwapFree:        0 kB\n");
    expect(await glanceAtCgroup(ID, { cgroups, meminfo })).toEqual({ usageBytes: 4_000_000 });
  });

  it("is left to the daemon where there are none, or where a name is no id", async () => {
    const none = { cgroups: root, meminfo: "/proc/meminfo" };
    expect(await glanceAtCgroup("cd".repeat(32), none)).toBeUndefined();
    expect(await glanceAtCgroup("../../etc", none)).toBeUndefined();
  });
});

function v1Files(more: Readonly<Record<string, string>>) {
  return {
    "memory.usage_in_bytes": "5000000",
    "memory.limit_in_bytes": "6000000",
    "memory.stat": "total_inactive_file 1000000",
    "memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 7",
    ...more,
  };
}

function v2Files(more: Readonly<Record<string, string>>) {
  const events = "low 0\nhigh 0\nmax 12\noom 8\noom_kill 7\noom_group_kill 0";
  return { "memory.current": "5000000", "memory.stat": "anon 1\ninactive_file 1000000", "memory.events": events, ...more };
}

describe.skipIf(daemon.kind === "absent")(`on a real daemon${daemon.kind === "absent" ? ` (${daemon.because})` : ""}`, () => {
  const scenes = openScenes();
  afterAll(() => scenes.end());

  it("a glance says what stats say, and of one that has ended that it does not run", async () => {
    const url = process.env["DOCKER_HOST"] ?? "unix:///var/run/docker.sock";
    const settings = { name: "local", endpoint: endpointFromUrl(url), connectTimeoutMs: 20_000, callTimeoutMs: 60_000 };
    const hosts = createContainerHosts([settings], { log: { debug() {}, info() {}, warn() {}, error() {} } });
    const host = hosts.host("local");
    const steady = await scenes.steady({ mib: 40 });
    await expect.poll(async () => (await host.stats(steady.id)).usageBytes).toBeGreaterThan(40 * 2 ** 20);
    const [glance, stats] = [await host.glance(steady.id), await host.stats(steady.id)];
    expect(Math.abs(glance.usageBytes - stats.usageBytes)).toBeLessThan(10 * 2 ** 20);
    const killed = await scenes.killed();
    await expect(host.glance(killed.id)).rejects.toMatchObject({ code: "not-running" });
    await hosts.close();
  });
});
