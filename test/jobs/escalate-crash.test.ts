import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { EscalationKind } from "../../src/domain/escalation.ts";
import type { Incident } from "../../src/domain/incident.ts";
import { ESCALATION_TIMES, type EscalateDeps } from "../../src/jobs/escalation-deps.ts";
import { bundled } from "../support/bundled.ts";
import { startDesk, type TestDesk } from "../support/desk.ts";
import type { WorkerOptions } from "../support/escalation-worker.ts";
import { anIncident, depsOn, happens, mailSettings, rowOf, run, startOutside, type Outside } from "./escalating.ts";

// A process has to load all that it needs before it sends anything.
const WORKER_WITHIN = { timeout: 240_000, interval: 20 };
const WORKER = fileURLToPath(new URL("../support/escalation-worker.ts", import.meta.url));

describe("kill -9 between sending and recording", () => {
  let outside: Outside;
  let test: TestDesk;
  let deps: EscalateDeps;
  let incident: Incident;
  let worker: ChildProcess | undefined;

  beforeAll(async () => {
    outside = await startOutside();
  });
  beforeEach(async () => {
    test = await startDesk();
    deps = depsOn(test, outside);
    incident = await anIncident(deps.desk);
    await happens(deps, incident, ["critical"]);
  });
  afterEach(async () => {
    worker?.kill("SIGKILL");
    await test.stop();
  });
  afterAll(() => outside.stop());

  const issues = async () => (await outside.github.issues()).filter(({ body }) => body.includes(incident.id));
  const mails = () => outside.smtp.mails().filter(({ raw }) => raw.includes(incident.id));

  async function startWorker(kind: EscalationKind): Promise<{ readonly id: string; readonly process: ChildProcess }> {
    const { id } = await rowOf(deps.desk, incident, `${kind} critical`);
    const { apiUrl, token, repository } = outside.github;
    const options: WorkerOptions = {
      desk: { store: test.storeSettings, redisUrl: test.redis().url },
      github: { apiUrl, token, repository, timeoutMs: 60_000 },
      mail: { ...mailSettings(outside.smtp), timeoutMs: 60_000 },
      escalationId: id,
    };
    const child = spawn(process.execPath, [await bundled(WORKER), JSON.stringify(options)], {
      stdio: ["ignore", "inherit", "inherit"],
    });
    return { id, process: child };
  }

  /** Another sender is let in once the claim of the dead one has run out. */
  async function takeOver(id: string): Promise<void> {
    await run(deps, id);
    expect(await deps.desk.store.escalations.get(id)).toMatchObject({ state: "due" });
    test.moveOn(ESCALATION_TIMES.claimMs);
    await run(deps, id);
    expect(await deps.desk.store.escalations.get(id)).toMatchObject({ state: "sent" });
  }

  it("leaves one issue", async () => {
    const end = outside.github.fault({ call: /POST .*issues$/, does: { kind: "answer-withheld" } });
    const started = await startWorker("github-issue");
    worker = started.process;
    await vi.waitFor(async () => expect(await issues()).toHaveLength(1), WORKER_WITHIN);
    worker.kill("SIGKILL");
    await once(worker, "exit");
    end();
    await takeOver(started.id);
    expect(await issues()).toHaveLength(1);
    expect(await deps.desk.store.escalations.get(started.id)).toMatchObject({ externalId: String((await issues())[0]?.number) });
  });

  it("repeats a mail once at the most, with the same Message-ID", async () => {
    outside.smtp.fault({ does: { kind: "hang" } });
    const started = await startWorker("mail");
    worker = started.process;
    await vi.waitFor(() => expect(mails()).toHaveLength(1), WORKER_WITHIN);
    worker.kill("SIGKILL");
    await once(worker, "exit");
    await takeOver(started.id);
    const ids = mails().map(({ headers }) => headers["message-id"]);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });
});
