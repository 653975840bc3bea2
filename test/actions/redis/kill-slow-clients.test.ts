import { connect, type Socket } from "node:net";
import { once } from "node:events";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { startRedis, type RedisLab } from "../../../scripts/lab/redis.ts";
import { actionOf, connectionTo, depsFor, hashed, planned, refusal, SESSIONS, startRun } from "./lab.ts";
import { PATIENCE } from "../../support/patience.ts";

const MIB = 1024 ** 2;

describe("redis.kill-slow-clients", () => {
  let lab: RedisLab;
  const slow: Socket[] = [];
  const action = () => actionOf(depsFor(connectionTo(lab)), "redis.kill-slow-clients");

  beforeAll(async () => {
    lab = await startRedis({ maxmemory: "64mb", policy: "noeviction" });
  });
  afterEach(async () => {
    for (const socket of slow.splice(0)) socket.destroy();
    await lab.client.flushall();
    await vi.waitUntil(async () => (await slowIds()).length === 0, PATIENCE);
  });
  afterAll(() => lab.stop());

  it("disconnects exactly the clients that do not read, and says what it freed", async () => {
    await startSlowReader("report");
    const plan = await planned(action().plan(SESSIONS, { minimumBytes: "4mb" }));
    expect(plan).toMatchObject({
      risk: "disruptive",
      summary: expect.stringMatching(/^Disconnect 1 client of redis\/sessions that reads too slowly: \d+\.\d MiB/),
    });
    expect(plan.blastRadius).toEqual([
      expect.stringMatching(/^127\.0\.0\.1:\d+ "report", last command get, buffer \d+\.\d MiB, connected for \d+ s$/),
    ]);
    expect(await action().observe(plan, startRun())).toMatchObject({ kind: "not-done" });
    const run = startRun();
    await action().apply(plan, run);
    expect(await action().observe(plan, run)).toMatchObject({ kind: "done" });
    const verification = await action().verify(plan, run);
    expect(verification).toMatchObject({ helped: true, says: expect.stringContaining("The slow clients were disconnected.") });
    expect(verification.rows[0]).toEqual({ what: "Slow clients", before: "1", after: "0", ok: true });
    expect(action().wayBack(plan, run)).toBeUndefined();
  });

  it("leaves alone whoever became slow after the plan, and keeps the scope of those that were meant", async () => {
    await startSlowReader("first");
    const plan = await planned(action().plan(SESSIONS, { minimumBytes: "4mb" }));
    await startSlowReader("second");
    expect(hashed(await planned(action().plan(SESSIONS, plan.params)))).toBe(hashed(plan));
    await action().apply(plan, startRun());
    const verification = await action().verify(plan, startRun());
    expect(verification.says).toContain("1 client has filled a large buffer anew");
    expect(verification.rows[0]).toMatchObject({ after: "1", ok: false });
    expect(await slowIds()).toHaveLength(1);
  });

  it("never touches a replica, and refuses when nobody is slow", async () => {
    const replica = await startRedis({ replicaOf: { host: lab.host, port: lab.port } });
    try {
      await expect.poll(async () => (await lab.client.info("replication")).includes("state=online")).toBe(true);
      process.kill(replica.pid, "SIGSTOP"); // it reads nothing any more: the master buffers for it
      for (let index = 0; index < 24; index += 1) await lab.client.set("large", String(index % 10).repeat(MIB));
      expect(await slowIds()).toHaveLength(1);
      expect(await refusal(action().plan(SESSIONS, { minimumBytes: "4mb" }))).toContain("there is nobody to disconnect");
    } finally {
      await replica.stop();
    }
  });

  it("refuses when those that were named have gone", async () => {
    await startSlowReader("gone");
    const plan = await planned(action().plan(SESSIONS, {}));
    slow.splice(0).forEach((socket) => socket.destroy());
    await expect.poll(async () => slowIds()).toEqual([]);
    expect(await refusal(action().plan(SESSIONS, plan.params))).toContain("none of the clients that were named");
    expect(await action().observe(plan, startRun())).toMatchObject({ kind: "done" });
  });

  /** Asks for much and reads nothing, until the server holds more than 8 MiB for it. */
  async function startSlowReader(name: string): Promise<void> {
    await lab.client.set("large", "x".repeat(MIB));
    const socket = connect(lab.port, lab.host);
    slow.push(socket);
    await once(socket, "connect");
    socket.pause();
    const before = (await slowIds()).length;
    socket.write(`CLIENT SETNAME ${name}\r\n${"GET large\r\n".repeat(16)}`);
    await expect.poll(async () => (await slowIds()).length, PATIENCE).toBe(before + 1);
  }

  async function slowIds(): Promise<readonly string[]> {
    const list = String(await lab.client.client("LIST"));
    return list
      .split("\n")
      .flatMap((line) => (Number(/ omem=(\d+)/.exec(line)?.[1] ?? 0) >= 4 * MIB ? [/^id=(\d+)/.exec(line)?.[1] ?? ""] : []));
  }
});
