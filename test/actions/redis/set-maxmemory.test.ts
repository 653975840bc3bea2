import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { fillUntilRefused, startRedis, type RedisLab } from "../../../scripts/lab/redis.ts";
import { actionOf, connectionTo, depsFor, hashed, planned, refusal, SESSIONS, startRun } from "./lab.ts";

const MIB = 1024 ** 2;

describe("redis.set-maxmemory", () => {
  let lab: RedisLab;
  const action = (more: Parameters<typeof connectionTo>[1] = {}) => actionOf(depsFor(connectionTo(lab, more)), "redis.set-maxmemory");

  beforeAll(async () => {
    lab = await startRedis({ maxmemory: "16mb", policy: "noeviction" });
  });
  beforeEach(async () => {
    await lab.client.config("SET", "maxmemory", String(16 * MIB));
  });
  afterEach(async () => {
    await lab.client.flushall();
  });
  afterAll(() => lab.stop());

  it("raises the limit of a full server, says that it only buys time, and goes back", async () => {
    await fillUntilRefused(lab, { valueBytes: 1000 });
    const plan = await planned(action().plan(SESSIONS, { maxmemory: "+50%" }));
    expect(plan).toMatchObject({ summary: "Set maxmemory of redis/sessions to 24.0 MiB (now 16.0 MiB)", params: { maxmemory: 24 * MIB } });
    expect(plan.warnings.join("\n")).toContain("It only buys time");
    const run = startRun();
    await action().apply(plan, run);
    expect(await action().observe(plan, run)).toMatchObject({ kind: "done" });
    expect(await action().verify(plan, run)).toMatchObject({
      helped: true,
      says: expect.stringContaining("maxmemory is 24.0 MiB. Writes are accepted again."),
    });

    const back = action().wayBack(plan, run);
    expect(back).toEqual({ actionId: "redis.set-maxmemory", params: { maxmemory: 16 * MIB, persist: false } });
    const down = await planned(action().plan(SESSIONS, back?.params ?? {}));
    expect(down.changes[0]).toEqual({ what: "maxmemory", before: "24.0 MiB", after: "16.0 MiB" });
  });

  it("warns when the new limit is below what is in use, and says that it did not help", async () => {
    await fillUntilRefused(lab, { valueBytes: 1000 });
    const plan = await planned(action().plan(SESSIONS, { maxmemory: "8mb" }));
    expect(plan.warnings.join("\n")).toMatch(/uses 1\d\.\d MiB, more than the new limit: writes are refused at once \(policy noeviction\)/);
    const run = startRun();
    await action().apply(plan, run);
    expect(await action().verify(plan, run)).toMatchObject({ helped: false, says: expect.stringContaining("It did not help") });
  });

  it("keeps an equal scope for a rise that was planned once", async () => {
    const plan = await planned(action().plan(SESSIONS, { maxmemory: "+100%" }));
    expect(hashed(await planned(action().plan(SESSIONS, plan.params)))).toBe(hashed(plan));
    await lab.client.config("SET", "maxmemory", String(20 * MIB));
    expect(hashed(await planned(action().plan(SESSIONS, plan.params)))).not.toBe(hashed(plan));
  });

  it("refuses more than the container's limit leaves room for, with the arithmetic", async () => {
    expect(await refusal(action({ memoryLimitBytes: 100 * MIB }).plan(SESSIONS, { maxmemory: "90mb" }))).toContain(
      "has 100.0 MiB (memory limit in Oomph's configuration); 20% of it must stay free for snapshots, fragmentation and buffers: 100.0 MiB - 20.0 MiB = 80.0 MiB at the most, and 90.0 MiB was asked for",
    );
    expect(await planned(action({ memoryLimitBytes: 100 * MIB }).plan(SESSIONS, { maxmemory: "80mb" }))).toMatchObject({
      params: { maxmemory: 80 * MIB },
    });
  });

  it("refuses more than the container in a cluster may take, whatever the configuration says", async () => {
    const { servers, ...deps } = depsFor(connectionTo(lab, { memoryLimitBytes: 200 * MIB }));
    const inPod = { ...servers, open: async (name: string) => ({ ...(await servers.open(name)), containerLimitBytes: 50 * MIB }) };
    const limited = actionOf({ ...deps, servers: inPod }, "redis.set-maxmemory");
    expect(await refusal(limited.plan(SESSIONS, { maxmemory: "45mb" }))).toContain("has 50.0 MiB (memory limit of its container)");
    const plan = await planned(limited.plan(SESSIONS, { maxmemory: "40mb" }));
    expect(plan.warnings.join("\n")).not.toContain("Only the machine's memory is known");
  });

  it("refuses more than the machine has", async () => {
    expect(await refusal(action().plan(SESSIONS, { maxmemory: "4tb" }))).toContain("memory of its machine");
  });

  it("refuses no limit unless it is said, and a rise of no limit", async () => {
    expect(await refusal(action().plan(SESSIONS, { maxmemory: "0" }))).toContain("add --unlimited yes");
    const plan = await planned(action().plan(SESSIONS, { maxmemory: "0", unlimited: "yes" }));
    expect(plan.warnings.join("\n")).toContain("until the kernel kills it");
    await action().apply(plan, startRun());
    expect(await refusal(action().plan(SESSIONS, { maxmemory: "+50%" }))).toContain("has no limit now");
    const limited = await planned(action().plan(SESSIONS, { maxmemory: "32mb" }));
    const back = action().wayBack(limited, startRun());
    await action().apply(limited, startRun());
    expect(await planned(action().plan(SESSIONS, back?.params ?? {}))).toMatchObject({
      summary: "Set maxmemory of redis/sessions to no limit (now 32.0 MiB)",
    });
  });

  it("refuses what is so already, too little, and --persist without a config file", async () => {
    expect(await refusal(action().plan(SESSIONS, { maxmemory: "16mb" }))).toContain("is 16.0 MiB already");
    expect(await refusal(action().plan(SESSIONS, { maxmemory: "16" }))).toContain("expected 1 MiB or more");
  });

  it("is observed by the value", async () => {
    const plan = await planned(action().plan(SESSIONS, { maxmemory: "32mb" }));
    expect(await action().observe(plan, startRun())).toMatchObject({ kind: "not-done" });
    await lab.client.config("SET", "maxmemory", "33mb");
    expect(await action().observe(plan, startRun())).toMatchObject({ kind: "unknown" });
    await lab.client.config("SET", "maxmemory", "32mb");
    expect(await action().observe(plan, startRun())).toMatchObject({ kind: "done" });
  });
});
