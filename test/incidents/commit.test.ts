import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { commit } from "../../src/incidents/commit.ts";
import type { Store, Tables } from "../../src/ports/store.ts";
import { CHANNEL, startDesk, type TestDesk } from "../support/desk.ts";

describe("committing", () => {
  let test: TestDesk;
  beforeEach(async () => {
    test = await startDesk();
  });
  afterEach(() => test.stop());

  const say = (tables: Tables, slot: string) => {
    const content = { kind: "message", message: { text: slot, blocks: [] } } as const;
    return tables.outbox.say({ slot, channel: CHANNEL, content, priority: 2 }, test.desk.ids.next("dlv"), test.desk.clock.nowMs());
  };
  const queued = async () => (await test.jobs("deliver")).map(({ payload }) => payload);

  it("queues each message once, however often it was said anew within", async () => {
    const id = await commit(test.desk, async (tables) => {
      await say(tables, "one");
      return say(tables, "one");
    });
    expect(await queued()).toEqual([{ deliveryId: id }]);
  });

  it("queues nothing of what was rolled back", async () => {
    const work = async (tables: Tables): Promise<never> => {
      await say(tables, "one");
      throw new Error("no");
    };
    await expect(commit(test.desk, work)).rejects.toThrow("no");
    expect(await queued()).toEqual([]);
    expect(await test.desk.store.outbox.bySlot("one")).toBeUndefined();
  });

  it("queues what the last try said, where the store tries again", async () => {
    let tries = 0;
    const twice: Store = {
      ...test.desk.store,
      transaction: async (work) => {
        await test.desk.store
          .transaction(async (tables) => {
            await work(tables);
            throw new Error("conflict");
          })
          .catch(() => undefined);
        return test.desk.store.transaction(work);
      },
    };
    const id = await commit({ ...test.desk, store: twice }, (tables) => {
      tries += 1;
      return say(tables, `try ${tries}`);
    });
    expect(tries).toBe(2);
    expect(await queued()).toEqual([{ deliveryId: id }]);
  });

  it("queues again what is said again later: a sender that is just finishing must not swallow it", async () => {
    const first = await commit(test.desk, (tables) => say(tables, "one"));
    const second = await commit(test.desk, (tables) => say(tables, "one"));
    expect(second).toBe(first);
    expect(await queued()).toHaveLength(2);
  });

  it("stands when the queue is away, and what was said stays due", async () => {
    await test.redis().kill();
    const id = await commit(test.desk, (tables) => say(tables, "one"));
    expect((await test.desk.store.outbox.due(test.desk.clock.nowMs(), 10)).map((due) => due.id)).toEqual([id]);
  });
});
