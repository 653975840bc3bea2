import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { Incident } from "../../src/domain/incident.ts";
import { sayMark } from "../../src/jobs/say-mark.ts";
import type { News } from "../../src/ports/narrator.ts";
import { anIncident, openIncident } from "../contract/store-samples.ts";
import { startDesk, type TestDesk } from "../support/desk.ts";

const POST = "1700000000.000100";

describe("the mark on an alert's post", () => {
  let test: TestDesk;
  beforeEach(async () => {
    test = await startDesk();
  });
  afterEach(() => test.stop());

  const tell = async (kind: "opened" | "reopened" | "taken-out" | "resolved", incident: Incident): Promise<void> => {
    const states = { from: kind === "resolved" ? "open" : "resolved", to: kind === "resolved" ? "resolved" : "open" } as const;
    const { store, clock } = test.desk;
    if (kind === "resolved") await store.incidents.transition(incident.id, [states.from], states.to, clock.nowMs());
    if (kind === "reopened") await store.incidents.openOrJoin([{ ...incident, id: "inc_other" }], 60_000);
    const actor = { kind: "oomph" } as const;
    const news = { kind, incident, actor, says: "it helped" } as News;
    await store.transaction((tables) => sayMark(tables, test.desk, news));
  };
  const marked = async (ts = POST) => {
    const { content, revision } = (await test.desk.store.outbox.bySlot(`C_OPS/${ts}/mark`)) ?? {};
    return content?.kind === "mark" ? { says: content.mark, revision } : undefined;
  };
  const ofPost = (more: Partial<Incident> = {}) =>
    openIncident(test.desk.store, { postTs: POST, openedAtMs: test.desk.clock.nowMs(), ...more });

  it("says that it is open, that it is over, and that it is back", async () => {
    const incident = await ofPost({ rootTs: POST });
    await tell("opened", incident);
    expect(await marked()).toEqual({ says: "open", revision: 1 });
    await tell("resolved", incident);
    expect(await marked()).toEqual({ says: "over", revision: 2 });
    await tell("reopened", incident);
    expect(await marked()).toEqual({ says: "open", revision: 3 });
  });

  it("says that a post of several alerts is over when all of them are", async () => {
    const first = await ofPost({ rootTs: POST });
    const second = await ofPost();
    await tell("opened", first);
    await tell("opened", second);
    await tell("resolved", first);
    expect(await marked()).toEqual({ says: "open", revision: 1 });
    await tell("resolved", second);
    expect(await marked()).toEqual({ says: "over", revision: 2 });
  });

  it("is left to those that have a thread below their post; what is marked is kept true in a storm as well", async () => {
    const inStorm = { ...(await ofPost({ rootTs: POST })), stormId: "stm_1" };
    await tell("resolved", inStorm);
    expect(await marked()).toBeUndefined();
    await tell("reopened", inStorm);
    expect(await marked()).toBeUndefined();
    const { stormId: _, ...alone } = inStorm;
    await tell("taken-out", alone);
    expect(await marked()).toEqual({ says: "open", revision: 1 });
    await tell("resolved", inStorm);
    expect(await marked()).toEqual({ says: "over", revision: 2 });
  });

  it("is none where there is no post, or the thread tells of something else", async () => {
    await tell("opened", await openIncident(test.desk.store, anIncident({ rootTs: POST })));
    await tell("opened", await ofPost({ postTs: "1700000000.000200", rootTs: POST }));
    expect((await test.desk.store.outbox.counts()).due).toBe(0);
  });
});
