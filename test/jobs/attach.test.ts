import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { openIncident } from "../../src/incidents/open-incident.ts";
import { beginInvestigation, type Underway } from "../../src/incidents/investigations.ts";
import { attach } from "../../src/jobs/attach.ts";
import { CHANNEL, REQUESTER, SHOP, startDesk, type TestDesk } from "../support/desk.ts";

describe("files of an investigation", () => {
  let test: TestDesk;
  let underway: Underway;

  beforeEach(async () => {
    test = await startDesk();
    const { investigation } = await openIncident(test.desk, {
      target: SHOP,
      problem: "redis-memory",
      channel: CHANNEL,
      actor: { kind: "user", id: REQUESTER },
      runbookId: "test",
      steps: [],
    });
    const begun = await beginInvestigation(test.desk, investigation?.id ?? "");
    if (begun === undefined) throw new Error("expected an investigation");
    underway = begun;
  });
  afterEach(() => test.stop());

  async function collected(data: object): Promise<void> {
    const evidence = {
      id: test.desk.ids.next("ev"),
      step: "k8s.heap",
      collectedAtMs: 1,
      tookMs: 1,
      source: "shop",
      data: JSON.parse(JSON.stringify(data)),
    };
    await test.desk.store.evidence.add(underway.investigation.id, evidence);
  }

  async function posted(): Promise<readonly unknown[]> {
    const due = await test.desk.store.outbox.due(Number.MAX_SAFE_INTEGER, 100);
    return due.map(({ content }) => content).filter(({ kind }) => kind === "file");
  }

  it("are posted once, however often", async () => {
    const file = { name: "heap-web-1-2.pb.gz", title: "Heap profile 2 of 2, SHA-256 abc", base64: "aGVhcA==" };
    await collected({ kind: "taken", files: [file] });
    await attach(test.desk, underway);
    await attach(test.desk, underway);
    expect(await posted()).toEqual([{ kind: "file", ...file }]);
  });

  it("are none where evidence holds none", async () => {
    await collected({ kind: "taken", files: [] });
    await collected({ usedBytes: 1 });
    await attach(test.desk, underway);
    expect(await posted()).toEqual([]);
  });
});
