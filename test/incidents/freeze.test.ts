import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { setFreeze } from "../../src/incidents/freeze.ts";
import { ADMIN, startDesk, STRANGER, type TestDesk } from "../support/desk.ts";

describe("the kill switch", () => {
  let test: TestDesk;
  beforeEach(async () => {
    test = await startDesk();
  });
  afterEach(() => test.stop());

  it("is set by admins, audited, and says when it was so already", async () => {
    expect(await setFreeze(test.desk, { on: true, userId: ADMIN, reason: "failover" })).toMatchObject({
      kind: "set",
      freeze: { on: true, by: ADMIN, reason: "failover" },
    });
    expect(await setFreeze(test.desk, { on: true, userId: ADMIN })).toMatchObject({ kind: "unchanged", freeze: { reason: "failover" } });
    expect(await setFreeze(test.desk, { on: false, userId: ADMIN })).toMatchObject({ kind: "set", freeze: { on: false } });
    expect(await test.auditKinds()).toEqual(["freeze-on", "freeze-off"]);
  });

  it("is refused to others", async () => {
    expect((await setFreeze(test.desk, { on: true, userId: STRANGER })).kind).toBe("refused");
    expect(await test.desk.store.settings.get("freeze")).toBeUndefined();
  });
});
