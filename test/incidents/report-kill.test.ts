import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openIncident } from "../../src/incidents/open-incident.ts";
import { reportKill } from "../../src/incidents/report-kill.ts";
import { CHANNEL, startDesk, type TestDesk } from "../support/desk.ts";

const ACTOR = { kind: "alert", source: "wazuh" } as const;
const SAYS = "The kernel killed node (pid 42): its cgroup reached its limit.";

describe("a kill that an alert tells of", () => {
  let test: TestDesk;

  beforeEach(async () => {
    test = await startDesk();
  });
  afterEach(() => test.stop());

  async function begin() {
    const target = { kind: "docker", connection: "local", name: "web" } as const;
    const desk = { ...test.desk, escalation: { on: ["killed"], kinds: ["mail"] } } as const;
    const opening = {
      target,
      problem: "container-memory",
      channel: CHANNEL,
      actor: ACTOR,
      runbookId: "container-memory",
      steps: [],
    } as const;
    const { incident } = await openIncident(desk, opening);
    return { desk, incident };
  }

  it("is said in the thread, noted and escalated, once however often it is told", async () => {
    const { desk, incident } = await begin();
    for (let time = 0; time < 3; time += 1) await reportKill(desk, { incident, actor: ACTOR, says: SAYS });
    const timeline = await desk.store.incidents.timeline(incident.id);
    expect(timeline.filter(({ says }) => says === SAYS)).toHaveLength(1);
    expect((await desk.store.outbox.bySlot(`${incident.id}/alerted`))?.content).toMatchObject({ message: { text: SAYS } });
    expect(await desk.store.escalations.ofIncident(incident.id)).toMatchObject([{ event: "killed", kind: "mail", says: SAYS, times: 1 }]);
  });

  it("is counted again when it is another one, minutes later", async () => {
    const { desk, incident } = await begin();
    await reportKill(desk, { incident, actor: ACTOR, says: SAYS });
    test.moveOn(3 * 60_000);
    await reportKill(desk, { incident, actor: ACTOR, says: SAYS.replace("42", "43") });
    expect(await desk.store.escalations.ofIncident(incident.id)).toMatchObject([{ event: "killed", times: 2 }]);
    expect((await desk.store.incidents.timeline(incident.id)).filter(({ says }) => says.includes("The kernel killed"))).toHaveLength(2);
  });
});
