import { afterEach, describe, expect, it } from "vitest";

import { whyNot } from "../../src/incidents/why-not.ts";
import type { Word } from "../../src/incidents/word.ts";
import { APPROVER, rulesWith, startDesk, type TestDesk } from "../support/desk.ts";
import { deskAt } from "../support/held.ts";

describe("what stands against a word", () => {
  let test: TestDesk;
  afterEach(() => test.stop());

  const ask = async (id: string, word: Partial<Word> = {}, desk = test.desk) => {
    const request = await test.desk.store.requests.get(id);
    if (request === undefined) throw new Error("expected the request to be stored");
    return whyNot(desk, request, { requestId: id, userId: APPROVER, kind: "approve", ...word });
  };
  const hold = async (requestId: string, expiresAtMs: number): Promise<void> => {
    const lease = { targetKey: "redis/shop", owner: `run_x/${requestId}`, requestId, incidentId: "inc_1", acquiredAtMs: 1, expiresAtMs };
    await test.desk.store.leases.acquire(lease, 1);
  };

  it("is a reason shorter than ten characters, blanks at its ends not counted", async () => {
    test = await startDesk({ rules: rulesWith({ breakGlass: true }) });
    const id = await test.request({ userId: APPROVER });
    const nine = await ask(id, { kind: "break-glass", reason: "  123456789 " });
    expect(nine).toEqual({ kind: "refused", because: "break-glass needs a reason of at least 10 characters, got 9" });
    expect(await ask(id, { kind: "break-glass", reason: "1234567890" })).toBeUndefined();
    expect((await ask(id, { kind: "break-glass" }))?.kind).toBe("refused");
  });

  it("is nothing typed where it must be, but never for a no", async () => {
    test = await startDesk();
    test.lever.set("confirm-me");
    const id = await test.request();
    expect(await ask(id)).toEqual({ kind: "confirmation-wrong", expected: "shop 2" });
    expect(await ask(id, { typed: "SHOP 2" })).toEqual({ kind: "confirmation-wrong", expected: "shop 2" });
    expect(await ask(id, { kind: "deny" })).toBeUndefined();
  });

  it("is another's lease on the target until it runs out, not one's own", async () => {
    test = await startDesk();
    const id = await test.request();
    const { expiresAtMs } = (await test.desk.store.requests.get(id)) ?? { expiresAtMs: 0 };
    await hold("req_other", expiresAtMs - 10);
    expect((await ask(id, {}, deskAt(test.desk, expiresAtMs - 11)))?.kind).toBe("locked");
    expect(await ask(id, {}, deskAt(test.desk, expiresAtMs - 10))).toBeUndefined();
    await test.desk.store.leases.forceRelease("redis/shop");
    await hold(id, expiresAtMs);
    expect(await ask(id)).toBeUndefined();
  });

  it("is the time, from the very moment of expiry on", async () => {
    test = await startDesk();
    const id = await test.request();
    const { expiresAtMs } = (await test.desk.store.requests.get(id)) ?? { expiresAtMs: 0 };
    expect(await ask(id, {}, deskAt(test.desk, expiresAtMs - 1))).toBeUndefined();
    expect((await ask(id, {}, deskAt(test.desk, expiresAtMs)))?.kind).toBe("expired");
  });
});
