import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openScenes } from "../../../scripts/lab/containers/scenes.ts";
import { findDocker } from "../../../scripts/lab/docker.ts";
import { noteAbsentSystem, noteRealSystem } from "../../../scripts/lab/real-systems.ts";
import { glanceAtCgroup } from "../../../src/adapters/docker/cgroup-glance.ts";
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
    mkdirSync(join(here, folder), { recursive: true });
    writeFileSync(join(here, folder, usage), "5000000\n");
    writeFileSync(join(here, folder, "memory.stat"), `anon 1\n${inactive} 1000000\nunevictable 0\n`);
    expect(await glanceAtCgroup(ID, here)).toBe(4_000_000);
  });

  it("is left to the daemon where there are none, or where a name is no id", async () => {
    expect(await glanceAtCgroup("cd".repeat(32), root)).toBeUndefined();
    expect(await glanceAtCgroup("../../etc", root)).toBeUndefined();
  });
});

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
