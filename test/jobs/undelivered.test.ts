import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { Delivery, Saying } from "../../src/domain/delivery.ts";
import { giveUp } from "../../src/jobs/undelivered.ts";
import { ChatRefusal } from "../../src/ports/chat.ts";
import { ADMIN, CHANNEL, REQUESTER, startDesk, type TestDesk } from "../support/desk.ts";

const FALLBACK = "C0FALLBACK";

type Level = "info" | "warn";

/** A log of these levels alone. */
function levels(names: readonly Level[], write: (level: Level, fields: unknown, message: string) => void) {
  return Object.fromEntries(names.map((name) => [name, (fields: unknown, message: string) => write(name, fields, message)]));
}

describe("a message that cannot be delivered", () => {
  let test: TestDesk;
  beforeEach(async () => {
    test = await startDesk();
  });
  afterEach(() => test.stop());

  const due = async (more: Partial<Saying> = {}): Promise<Delivery> => {
    const { outbox } = test.desk.store;
    const content = { kind: "message", message: { text: "Redis is full <!channel>", blocks: [] } } as const;
    const saying: Saying = { slot: "inc_1/report", incidentId: "inc_1", channel: CHANNEL, content, priority: 2, ...more };
    const delivery = await outbox.get(await outbox.say(saying, test.desk.ids.next("dlv"), test.desk.clock.nowMs()));
    if (delivery === undefined) throw new Error("expected the delivery to be stored");
    return delivery;
  };
  const notices = async (): Promise<readonly Delivery[]> =>
    (await test.desk.store.outbox.due(test.desk.clock.nowMs(), 100)).filter(({ slot }) => slot.startsWith("undelivered/"));
  const channels = async () => (await notices()).map(({ channel }) => channel);
  const end = (delivery: Delivery, fallbackChannel?: string) =>
    giveUp({ desk: test.desk, ...(fallbackChannel === undefined ? {} : { fallbackChannel }) }, delivery, { message: "channel_not_found" });

  it("is said to whom it concerns and in the fallback channel, and audited", async () => {
    await end(await due({ onBehalfOf: REQUESTER }), FALLBACK);
    expect((await channels()).toSorted()).toEqual([FALLBACK, REQUESTER].toSorted());
    expect(await test.auditKinds()).toEqual(["delivery-failed"]);
    expect(await test.desk.store.outbox.bySlot("inc_1/report")).toMatchObject({ state: "failed", lastError: "channel_not_found" });
  });

  it("is not said where it could not be delivered, nor twice to one", async () => {
    const alone = { ...test.desk, rules: { ...test.desk.rules, admins: [] } };
    await giveUp({ desk: alone, fallbackChannel: CHANNEL }, await due(), { message: "channel_not_found" });
    expect(await channels()).toEqual([]);
    await end(await due({ slot: "inc_1/card", onBehalfOf: FALLBACK }), FALLBACK);
    expect(await channels()).toEqual([FALLBACK]);
  });

  it("is said to the admins, once in an hour, where the fallback channel is the very one that refuses", async () => {
    for (const incidentId of ["inc_1", "inc_2"]) await end(await due({ slot: `${incidentId}/root`, incidentId }), CHANNEL);
    expect(await channels()).toEqual([ADMIN]);
    test.moveOn(3_600_000);
    await end(await due({ slot: "inc_3/root", incidentId: "inc_3" }), CHANNEL);
    expect(await channels()).toEqual([ADMIN, ADMIN]);
  });

  it("is one notice for a whole thread, with what came last", async () => {
    await end(await due(), FALLBACK);
    const content = { kind: "file", name: "chart.png", title: "Memory", base64: "" } as const;
    await end(await due({ slot: "inc_1/chart", content }), FALLBACK);
    const [notice, ...more] = await notices();
    expect(more).toEqual([]);
    expect(JSON.stringify(notice?.content)).toContain("the file chart.png");
  });

  it("is not said of a notice: that would never end", async () => {
    await end(await due({ slot: "undelivered/U1/inc_1", onBehalfOf: REQUESTER }), FALLBACK);
    expect((await channels()).filter((channel) => channel !== CHANNEL)).toEqual([]);
    expect(await test.auditKinds()).toEqual(["delivery-failed"]);
  });

  it("is told by the log alone where it is a mark: once as a warning that the app may not react, and as information from then on", async () => {
    const lines: [string, unknown, string][] = [];
    const log = { ...test.desk.log, ...levels(["info", "warn"], (...line) => void lines.push(line)) };
    const desk = { ...test.desk, log };
    const refusal = new ChatRefusal("no-rights", "missing_scope");
    for (const ts of ["1.1", "1.2"])
      await giveUp(
        { desk, fallbackChannel: FALLBACK },
        await due({ slot: `${ts}/mark`, content: { kind: "mark", ts, mark: "open" } }),
        refusal,
      );
    expect(lines).toEqual([
      ["warn", { channel: CHANNEL, ts: "1.1", code: "no-rights", because: "missing_scope" }, expect.stringContaining("may not react")],
      ["info", { channel: CHANNEL, ts: "1.2", code: "no-rights", because: "missing_scope" }, "a post was not marked"],
    ]);
    expect(await notices()).toEqual([]);
    expect(await test.auditKinds()).toEqual([]);
  });

  it("calls nobody with what it quotes", async () => {
    await end(await due(), FALLBACK);
    const [notice] = await notices();
    expect(JSON.stringify(notice?.content)).not.toContain("<!channel>");
    expect(JSON.stringify(notice?.content)).toContain("&lt;!channel&gt;");
  });
});
