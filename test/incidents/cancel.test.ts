import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { cancel } from "../../src/incidents/cancel.ts";
import { decide } from "../../src/incidents/decide.ts";
import { APPROVER, REQUESTER, startDesk, type TestDesk } from "../support/desk.ts";

describe("taking a request back", () => {
  let test: TestDesk;
  let requestId: string;

  beforeEach(async () => {
    test = await startDesk();
    requestId = await test.request();
  });
  afterEach(() => test.stop());

  const approve = () => decide(test.desk, { requestId, userId: APPROVER, kind: "approve" });
  const takeBack = () => cancel(test.desk, { requestId, userId: REQUESTER });

  it("is possible after it was approved, and too late once it has begun", async () => {
    await approve();
    expect(await takeBack()).toEqual({ kind: "cancelled" });

    requestId = await test.request();
    await approve();
    await test.desk.store.requests.transition(requestId, ["approved"], "executing", { atMs: 1 });
    expect(await takeBack()).toMatchObject({ kind: "too-late", state: "executing", decisions: [{ userId: APPROVER }] });
  });

  it("or approving it wins, and either is told", async () => {
    const [approved, cancelled] = await Promise.all([approve(), takeBack()]);
    const state = (await test.desk.store.requests.get(requestId))?.state;
    // Approved first, it may still be taken back; taken back first, it cannot be approved any more.
    expect([approved.kind, cancelled.kind, state]).toSatisfy((seen: readonly unknown[]) =>
      [
        ["approved", "cancelled", "cancelled"],
        ["too-late", "cancelled", "cancelled"],
      ].some((allowed) => allowed.every((word, index) => word === seen[index])),
    );
  });
});
