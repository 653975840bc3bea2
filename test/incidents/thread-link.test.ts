import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Incident } from "../../src/domain/incident.ts";
import { threadLink } from "../../src/incidents/thread-link.ts";
import { takeApproved } from "../support/held.ts";
import { startDesk, type TestDesk } from "../support/desk.ts";

describe("the address of a thread", () => {
  let test: TestDesk;
  let incident: Incident;
  beforeEach(async () => {
    test = await startDesk();
    ({ incident } = await takeApproved(test));
  });
  afterEach(() => test.stop());

  const chat = { permalink: async ({ channel, ts }: { readonly channel: string; readonly ts: string }) => `https://chat/${channel}/${ts}` };

  it("is that of the post which it hangs below", async () => {
    expect(await threadLink({ desk: test.desk, chat }, { ...incident, rootTs: "17.5" })).toBe(`https://chat/${incident.channel}/17.5`);
  });

  it("is not known while nothing is posted, and where the chat does not say", async () => {
    const { rootTs: _, ...unposted } = incident;
    expect(await threadLink({ desk: test.desk, chat }, { ...unposted, id: "inc_none" })).toBeUndefined();
    const silent = { permalink: async (): Promise<string> => Promise.reject(new Error("missing scope")) };
    expect(await threadLink({ desk: test.desk, chat: silent }, { ...incident, rootTs: "17.5" })).toBeUndefined();
  });
});
