import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { startRedis, type RedisLab } from "../../../scripts/lab/redis.ts";
import { connectQueue, type QueueConnection } from "../../../src/adapters/bullmq/connection.ts";
import { createPacer } from "../../../src/adapters/bullmq/create-pacer.ts";
import { createLog } from "../../../src/adapters/log/create-log.ts";
import type { Pacer, Sending } from "../../../src/ports/pacer.ts";

let messages = 0;

/** Another message each time. */
function sending(channel: string, kind: Sending["kind"], priority: Sending["priority"]): Sending {
  messages += 1;
  return { channel, message: `dlv_${messages}`, kind, priority };
}

describe("the pacer", () => {
  let redis: RedisLab;
  let connections: QueueConnection[];
  let pacer: Pacer;
  let otherReplica: Pacer;
  let otherWorkspace: Pacer;

  beforeAll(async () => {
    redis = await startRedis();
    const log = createLog({ level: "error", secrets: [], destination: { write: () => undefined } });
    connections = ["test", "test", "other"].map((prefix) =>
      connectQueue({ url: redis.url, prefix, answerWithinMs: 2_000, stalledAfterMs: 1_000 }, log),
    );
    [pacer, otherReplica, otherWorkspace] = connections.map(createPacer) as [Pacer, Pacer, Pacer];
  });
  afterAll(async () => {
    for (const connection of connections) connection.close();
    await redis.stop();
  });

  const waits = async (asked: readonly Promise<number>[]): Promise<readonly number[]> => Promise.all(asked);

  it("lets a burst of four posts go and spreads those after it, for all replicas together", async () => {
    // All at once: Redis's clock counts, and a second between two of them fills the bucket again.
    const asked = [pacer, otherReplica, pacer, otherReplica, pacer, otherReplica].map((one) => one.waitMs(sending("C1", "post", 2)));
    const [first, second, third, fourth, fifth = 0, sixth = 0] = (await waits(asked)).toSorted((left, right) => left - right);
    expect([first, second, third, fourth]).toEqual([0, 0, 0, 0]);
    expect(fifth).toBeGreaterThan(0);
    expect(sixth - fifth).toBeGreaterThan(500); // each its own turn
  });

  it("lets one go that has waited as long as it was told", async () => {
    const waitMs = (await waits([1, 2, 3, 4, 5].map(() => pacer.waitMs(sending("C2", "post", 1)))))[4] ?? 0;
    expect(waitMs).toBeGreaterThan(0);
    expect(waitMs).toBeLessThanOrEqual(2_100);
    await vi.waitFor(async () => expect(await pacer.waitMs(sending("C2", "post", 1))).toBe(0), { timeout: 60_000, interval: waitMs });
  });

  it("lets few marks go, whatever channel they are for, and neither posts nor edits wait for them", async () => {
    const marks = await waits(["C8", "C9", "C8", "C9", "C8"].map((channel) => pacer.waitMs(sending(channel, "mark", 3))));
    expect(marks.filter((wait) => wait === 0)).toHaveLength(4);
    expect(Math.max(...marks)).toBeGreaterThan(1_000);
    expect(await waits([pacer.waitMs(sending("C8", "post", 1)), pacer.waitMs(sending("C8", "edit", 1))])).toEqual([0, 0]);
  });

  it("gives one message one turn, however often it changes: the others wait no longer for it", async () => {
    await waits([1, 2, 3, 4].map(() => pacer.waitMs(sending("C7", "edit", 2))));
    const flood = sending("C7", "edit", 2);
    const asked = await waits(Array.from({ length: 40 }, () => pacer.waitMs(flood)));
    expect(Math.max(...asked)).toBeLessThanOrEqual(2_500);
    expect(await pacer.waitMs(sending("C7", "edit", 2))).toBeLessThanOrEqual(5_000);
  });

  it("leaves room for decisions: progress may use half of the burst", async () => {
    const progress = await waits([3, 3, 3, 3, 3].map(() => otherWorkspace.waitMs(sending("C3", "edit", 3))));
    expect(progress.slice(0, 3)).toEqual([0, 0, 0]);
    expect(progress[4]).toBeGreaterThan(0);
    expect(await otherWorkspace.waitMs(sending("C3", "edit", 1))).toBe(0);
  });

  it("lets an outcome go before all that wait, however many they are", async () => {
    const many = await waits(Array.from({ length: 34 }, () => pacer.waitMs(sending("C8", "post", 2))));
    expect(Math.max(...many)).toBeGreaterThan(20_000);
    const outcome = sending("C8", "post", 1);
    const waitMs = await otherReplica.waitMs(outcome);
    expect(waitMs).toBeLessThanOrEqual(2_100);
    // While it waits, none of the less urgent takes its token.
    const later = sending("C8", "post", 2);
    await vi.waitFor(
      async () => {
        const [urgent, less] = [await pacer.waitMs(outcome), await pacer.waitMs(later)];
        expect(urgent).toBe(0);
        expect(less).toBeGreaterThan(0);
      },
      { timeout: 60_000, interval: 100 },
    );
  });

  it("keeps the token of an urgent one that comes late for it, as a busy process does", async () => {
    await waits([1, 2, 3, 4].map(() => pacer.waitMs(sending("C10", "post", 2))));
    const less = [1, 2, 3].map(() => sending("C10", "post", 2));
    await waits(less.map((one) => pacer.waitMs(one)));
    const urgent = sending("C10", "post", 1);
    const lateAtMs = performance.now() + (await pacer.waitMs(urgent)) + 300;
    await vi.waitFor(
      async () => {
        expect(Math.min(...(await waits(less.map((one) => otherReplica.waitMs(one)))))).toBeGreaterThan(0);
        expect(performance.now()).toBeGreaterThan(lateAtMs);
      },
      { timeout: 60_000, interval: 20 },
    );
    expect(await pacer.waitMs(urgent)).toBe(0);
    // Nobody urgent waits any more: the next token is theirs.
    const nextMs = await waits(less.map((one) => pacer.waitMs(one)));
    expect(Math.min(...nextMs)).toBeLessThanOrEqual(1_000);
  });

  it("keeps channels apart, and posts from edits, which are limited in the whole workspace", async () => {
    await waits([1, 2, 3, 4, 5].map(() => pacer.waitMs(sending("C4", "post", 2))));
    expect(await pacer.waitMs(sending("C5", "post", 2))).toBe(0);
    const edits = await waits(Array.from({ length: 8 }, (_, index) => pacer.waitMs(sending(`C4${index}`, "edit", 2))));
    expect(Math.max(...edits)).toBeGreaterThan(0);
  });

  it("sends nothing of a kind for as long as Slack said, and lets the other kind go", async () => {
    await pacer.pause({ channel: "C6", kind: "post" }, 30_000);
    expect(await otherReplica.waitMs(sending("C6", "post", 1))).toBeGreaterThan(20_000);
    expect(await otherReplica.waitMs(sending("C9", "post", 1))).toBe(0);
    await pacer.pause({ channel: "C9", kind: "edit" }, 30_000);
    expect(await otherReplica.waitMs(sending("C6", "edit", 1))).toBeGreaterThan(20_000);
    expect(await otherReplica.waitMs(sending("C9", "post", 1))).toBe(0);
  });

  it("begins anew when Redis's clock was set back, instead of waiting until the old time comes again", async () => {
    const anHourAhead = Date.now() + 3_600_000;
    const late = sending("C10", "post", 2);
    await redis.client.hset("test:pace:{C10}:post:bucket", { tokens: "4", at: anHourAhead, turn1: anHourAhead, turn2: anHourAhead });
    await redis.client.set(`test:pace:{C10}:post:2:${late.message}`, anHourAhead);
    expect(await waits([1, 2, 3, 4].map(() => pacer.waitMs(sending("C10", "post", 1))))).toEqual([0, 0, 0, 0]);
    expect(await pacer.waitMs(late)).toBeLessThanOrEqual(5_000);
  });
});
