import { describe, expect, test, vi } from "vitest";
import { docker } from "../../../scripts/lab/docker.ts";
import { PATIENCE } from "../../support/patience.ts";
import { actionOf, carryOut, daemon, hashed, inspected, MIB, newRun, openLab, plan, refusal, target } from "./lab.ts";

const ID = "docker.set-memory-limit";

describe.skipIf(daemon.kind === "absent")("docker.set-memory-limit", () => {
  const { scenes, deps } = openLab();
  const action = actionOf(deps, ID);

  test("raises a limit as the container runs, verifies it, and goes back", async () => {
    const { name, id } = await scenes.steady({ limitMib: 100 });
    const made = await plan(deps, { id: ID, name, params: { limit: "+50%" } });
    expect(made).toMatchObject({
      summary: `Set the memory limit of docker/${name} to 150.0 MiB (now 100.0 MiB), while it runs`,
      scope: { id, from: { memoryBytes: 100 * MIB }, to: { memoryBytes: 150 * MIB } },
      params: { limit: "150m" },
    });
    expect(hashed(await plan(deps, { id: ID, name, params: made.params }))).toBe(hashed(made));
    const run = newRun();
    expect(await action.observe(made, run)).toMatchObject({ kind: "not-done" });
    await action.apply(made, run);
    expect(await action.observe(made, run)).toMatchObject({ kind: "done" });
    expect(await inspected(name, "{{.HostConfig.Memory}} {{.Id}}")).toBe(`${150 * MIB} ${id}`);
    const verified = await action.verify(made, run);
    expect(verified).toMatchObject({ helped: true, says: expect.stringMatching(/The limit is 150\.0 MiB\..*no kill since/) });
    expect(verified.rows).toContainEqual({ what: "Limit", before: "100.0 MiB", after: "150.0 MiB", ok: true });

    const back = action.wayBack(made, run);
    expect(back).toEqual({ actionId: ID, params: { limit: "100m" } });
    await carryOut(deps, { id: ID, name, params: back?.params ?? {} });
    expect(await inspected(name, "{{.HostConfig.Memory}}")).toBe(String(100 * MIB));
    // Approved before somebody else had changed it: not done.
    await docker(["update", "--memory", "120m", "--memory-swap", "120m", name]);
    for (const [rise, limit] of Object.entries({ "+10%": "132m", "+11%": "134m" }))
      expect((await plan(deps, { id: ID, name, params: { limit: rise } })).params).toEqual({ limit });
    await expect(action.apply(made, newRun())).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringMatching(/^Nothing was done: the limit is 120/),
    });
    expect(await action.observe(made, run)).toMatchObject({ kind: "unknown" });
  });

  test("swap keeps its relation to memory", async () => {
    const twice = await scenes.steady({ limitMib: 100, more: ["--memory", "100m", "--memory-swap", "200m"] });
    expect((await plan(deps, { id: ID, name: twice.name, params: { limit: "200m" } })).scope).toMatchObject({
      to: { memorySwapBytes: 400 * MIB },
    });
    const none = await scenes.steady({ limitMib: 100 });
    const scope = (await plan(deps, { id: ID, name: none.name, params: { limit: "200m" } })).scope;
    // A kernel that cannot limit swap makes every container's swap unlimited.
    const swaps = await inspected(none.name, "{{.HostConfig.MemorySwap}}");
    expect(scope).toMatchObject({ to: { memorySwapBytes: swaps === "-1" ? -1 : 200 * MIB } });
  });

  test("refuses what cannot be or is not meant", async () => {
    const { name } = await scenes.steady({ limitMib: 100 });
    await vi.waitFor(async () => expect(await docker(["logs", name])).toContain("steady began"), PATIENCE);
    const refused = (params: Record<string, string | number>) => refusal(action.plan(target(name), params));
    expect(await refused({})).toMatch(/--limit expected a size such as 4g.*got nothing/);
    expect(await refused({ limit: "lots" })).toMatch(/got "lots"/);
    expect(await refused({ limit: "100m" })).toMatch(/is 100\.0 MiB already/);
    expect(await refused({ limit: "10m" })).toMatch(/uses [\d.]+ MiB now, more than 10\.0 MiB.*--force-below yes/);
    expect(await refused({ limit: "1m" })).toMatch(/less than Docker takes/);
    expect(await refused({ limit: "9000g" })).toMatch(/the host has/);
    expect(await refused({ limit: 0 })).toMatch(/no limit at all cannot be set/);
    await expect(action.plan(target("--privileged"), { limit: "1g" })).rejects.toMatchObject({ code: "not-found" });
    const forced = await plan(deps, { id: ID, name, params: { limit: "40m", "force-below": "yes" } });
    expect(forced.warnings.join(" ")).toMatch(/More than the new limit is in use/);
    expect(forced.params).toEqual({ limit: "40m", forceBelow: true });
  });

  test("a container without a limit gets one, and goes back to the host's memory", async () => {
    const { name } = await scenes.steady({ more: ["--memory", "0", "--memory-swap", "0"] });
    expect(await refusal(action.plan(target(name), { limit: "+50%" }))).toMatch(/has no limit now/);
    const made = await carryOut(deps, { id: ID, name, params: { limit: "300m" } });
    expect(await inspected(name, "{{.HostConfig.Memory}}")).toBe(String(300 * MIB));
    const { memoryBytes } = await deps.hosts.host("local").facts();
    expect(action.wayBack(made, newRun())).toEqual({ actionId: ID, params: { limit: `${Math.floor(memoryBytes / MIB)}m` } });
    expect(await refusal(action.plan(target(name), { limit: 0 }))).toContain(`--limit ${Math.floor(memoryBytes / MIB)}m.`);
  });

  test("it did not help is said", async () => {
    const { name } = await scenes.steady({ limitMib: 100, mib: 60 });
    const made = await plan(deps, { id: ID, name, params: { limit: "90m", forceBelow: "yes" } });
    const run = newRun();
    await action.apply(made, run);
    await docker(["update", "--memory", "100m", "--memory-swap", "100m", name]);
    expect(await action.verify(made, run)).toMatchObject({ helped: false, says: expect.stringMatching(/somebody has changed it again/) });
  });

  test("never what Oomph runs on, nor what others look after", async () => {
    const own = await scenes.steady({ more: ["-p", "127.0.0.1::6379"] });
    const port = Number((await docker(["port", own.name, "6379/tcp"])).trim().split(":").at(-1));
    const hostname = (await deps.hosts.host("local").facts()).hostname;
    const refusedWith = (more: Awaited<ReturnType<typeof deps.own>>) =>
      refusal(actionOf({ ...deps, own: async () => more }, ID).plan(target(own.name), { limit: "1g" }));
    const place = { containerIds: [], podUids: [], hostname: "x", addresses: [], servers: [] };
    expect(await refusedWith({ ...place, containerIds: [own.id] })).toMatch(/the container that Oomph itself runs in/);
    expect(await refusedWith({ ...place, hostname: own.id.slice(0, 12) })).toMatch(/the container that Oomph itself runs in/);
    const server = { what: "queue", host: "127.0.0.1", port, addresses: ["127.0.0.1"] } as const;
    expect(await refusedWith({ ...place, hostname, servers: [server] })).toMatch(/the Redis of Oomph's own queue/);
    const address = await inspected(own.name, "{{.NetworkSettings.IPAddress}}");
    const named = { what: "store", host: own.name, port: 5432, addresses: [address] } as const;
    expect(await refusedWith({ ...place, servers: [named] })).toMatch(/the database of Oomph's own records/);
    const failing = actionOf({ ...deps, own: async () => Promise.reject(new Error("no name server")) }, ID);
    expect(await refusal(failing.plan(target(own.name), { limit: "1g" }))).toMatch(/could not be told \(no name server\)/);
    const pod = await scenes.steady({ labels: { "io.kubernetes.pod.name": "web-1", "io.kubernetes.pod.namespace": "shop" } });
    expect(await refusal(action.plan(target(pod.name), { limit: "1g" }))).toMatch(/belongs to the Kubernetes pod shop\/web-1/);
    const task = await scenes.steady({ labels: { "com.docker.swarm.task.id": "t1", "com.docker.swarm.service.name": "web" } });
    expect(await refusal(action.plan(target(task.name), { limit: "1g" }))).toMatch(/Swarm service web/);
  });
});
