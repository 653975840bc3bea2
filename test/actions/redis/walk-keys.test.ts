import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startCluster, type ClusterLab } from "../../../scripts/lab/redis.ts";
import { withSession } from "../../../src/actions/redis/redis-session.ts";
import type { WalkCheckpoint } from "../../../src/actions/redis/stored/schema.ts";
import { resumeServer, resumeToken, walkKeys } from "../../../src/actions/redis/walk-keys.ts";
import { connectionTo, depsFor, realClock, SESSIONS, startRun } from "./lab.ts";

describe("going through all keys of a Cluster", () => {
  let cluster: ClusterLab;
  const deps = () => {
    const seeds = cluster.nodes.map(({ host, port }) => ({ host, port }));
    return depsFor(connectionTo({ host: "", port: 0 }, { topology: { kind: "cluster", seeds } }));
  };
  const scope = { servers: [], database: 0, pattern: "*", atMostKeys: 10_000, keysPerSecond: 1_000_000 };

  beforeAll(async () => {
    cluster = await startCluster({ masters: 2 });
    for (let index = 0; index < 2000; index += 1) await cluster.client.set(`key:${index}`, "x");
  });
  afterAll(() => cluster.stop());

  it("sees each key on its own master, and notes where it is before it begins", async () => {
    const seen = new Set<string>();
    const run = startRun();
    await withSession(deps(), SESSIONS, (session) =>
      walkKeys(
        {
          session,
          scope: { ...scope, resumeFrom: null },
          done: "seen",
          matching: 2000,
          touch: async (_, keys) => keys.filter((key) => !seen.has(key)).map((key) => seen.add(key)).length,
        },
        run,
        realClock,
      ),
    );
    expect(seen.size).toBe(2000);
    expect(run.saved[0]).toMatchObject({ cursor: "0", seen: 0, changed: 0, finished: false });
    expect(run.saved.at(-1)).toMatchObject({ changed: 2000, finished: true });
  });

  it("goes on in the middle, leaving out what was done", async () => {
    const first = new Set<string>();
    const stopped = startRun();
    await withSession(deps(), SESSIONS, async (session) => {
      const walk = {
        session,
        scope: { ...scope, resumeFrom: null },
        done: "seen",
        matching: 2000,
        touch: async (_: unknown, keys: readonly string[]) => keys.map((key) => first.add(key)).length,
      };
      const stopping = {
        ...walk,
        touch: async (node: unknown, keys: readonly string[]) => {
          if (first.size >= 1200) stopped.abort("enough");
          return walk.touch(node, keys);
        },
      };
      await expect(walkKeys(stopping, stopped, realClock)).rejects.toMatchObject({
        code: "conflict",
        message: expect.stringContaining("Stopped on request"),
      });
    });
    const checkpoint = stopped.saved.at(-1) as WalkCheckpoint;
    const rest = new Set<string>();
    await withSession(deps(), SESSIONS, (session) =>
      walkKeys(
        {
          session,
          scope: { ...scope, resumeFrom: resumeToken(checkpoint) },
          done: "seen",
          matching: 2000,
          touch: async (_, keys) => keys.map((key) => rest.add(key)).length,
        },
        startRun(),
        realClock,
      ),
    );
    expect(new Set([...first, ...rest]).size).toBe(2000);
    expect(rest.size).toBeLessThan(2000);
  });

  describe("how far it has come", () => {
    // Each look at this clock is half a second later: progress is saved at every chance.
    const hastyClock = () => {
      let nowMs = 0;
      return { nowMs: () => (nowMs += 500), sleep: async () => undefined };
    };
    const told = async (walk: { readonly matching: number; readonly resumeFrom?: string }): Promise<readonly string[]> => {
      const run = startRun();
      await withSession(deps(), SESSIONS, async (session) => {
        const resumeFrom = walk.resumeFrom ?? null;
        const touch = async (_: unknown, keys: readonly string[]) => keys.length;
        await walkKeys({ session, scope: { ...scope, resumeFrom }, done: "seen", matching: walk.matching, touch }, run, hastyClock());
      });
      return run.told;
    };

    it("is said in keys, once there is something to say", async () => {
      const says = await told({ matching: 2000 });
      expect(says.length).toBeGreaterThan(0);
      for (const one of says) expect(one).toMatch(/^[1-9][\d,]* of about 2,000 keys done$/);
    });

    it("is said without the whole where that is not known", async () => {
      expect((await told({ matching: 1 })).at(-1)).toMatch(/^[1-9][\d,]* keys done$/);
      const runId = await withSession(deps(), SESSIONS, async ({ servers }) => servers[0]?.runId ?? "");
      const resumed = await told({ matching: 2000, resumeFrom: resumeToken({ runId, cursor: "0" }) });
      for (const one of resumed) expect(one).toMatch(/^[1-9][\d,]* keys done$/);
      expect(resumed.length).toBeGreaterThan(0);
    });
  });

  it("knows a place to go on from by the server that it belongs to", async () => {
    await withSession(deps(), SESSIONS, async (session) => {
      const last = session.servers.at(-1);
      expect(resumeServer(session, resumeToken({ runId: last?.runId ?? "", cursor: "12" }))).toBe(last);
      expect(resumeServer(session, "ffffffff:12")).toBeUndefined();
      const lost = walkKeys(
        { session, scope: { ...scope, resumeFrom: "ffffffff:12" }, done: "seen", matching: 2000, touch: async () => 0 },
        startRun(),
        realClock,
      );
      await expect(lost).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining("belongs to another server process") });
    });
  });
});
