import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { RequestState } from "../../src/domain/action-request.ts";
import { decide } from "../../src/incidents/decide.ts";
import type { JobWorkers } from "../../src/ports/job-queue.ts";
import { bundled } from "../support/bundled.ts";
import { APPROVER, startDesk, type DeskOptions, type TestDesk } from "../support/desk.ts";
import { createFakeChat } from "../support/fake-chat.ts";
import type { LeverPoint } from "../support/lever.ts";
import { startWork } from "../support/work.ts";
import { PATIENCE } from "../support/patience.ts";

const WORKER = fileURLToPath(new URL("../support/crash-worker.ts", import.meta.url));

type Killed = { readonly at: LeverPoint; readonly ends: RequestState; readonly leverStands: string };

// Where a worker process is killed, and how the request must end once another takes over.
const KILLED: readonly Killed[] = [
  { at: "plan", ends: "succeeded", leverStands: "on" },
  { at: "before-effect", ends: "failed", leverStands: "off" },
  { at: "half-way", ends: "unknown", leverStands: "half" },
  { at: "after-effect", ends: "succeeded", leverStands: "on" },
  { at: "verify", ends: "succeeded", leverStands: "on" },
];

describe("a crash in the middle of an act", () => {
  let test: TestDesk;
  let worker: ChildProcess | undefined;
  let successor: JobWorkers | undefined;

  beforeEach(async () => {
    test = await startDesk();
  });
  afterEach(async () => {
    worker?.kill("SIGKILL");
    await successor?.drain(5_000);
    await test.stop();
  });

  async function startWorker(): Promise<ChildProcess> {
    const options: DeskOptions = { store: test.storeSettings, redisUrl: test.redis().url, leverDirectory: test.lever.directory };
    const child = spawn(process.execPath, [await bundled(WORKER), JSON.stringify(options)], { stdio: ["ignore", "pipe", "inherit"] });
    await once(child.stdout, "data");
    return child;
  }

  it.each(KILLED)("with SIGKILL at $at ends as $ends, applied at most once", async ({ at, ends, leverStands }) => {
    const requestId = await test.request();
    test.lever.pauseAt(at);
    worker = await startWorker();
    expect((await decide(test.desk, { requestId, userId: APPROVER, kind: "approve" })).kind).toBe("approved");
    await vi.waitFor(() => expect(test.lever.hasReached(at)).toBe(true), { timeout: 60_000 });
    worker.kill("SIGKILL");
    await once(worker, "exit");
    test.lever.resume();

    successor = startWork(test, createFakeChat());
    await vi.waitFor(async () => expect((await test.desk.store.requests.get(requestId))?.endedAtMs).toBeDefined(), {
      timeout: 60_000,
      interval: 100,
    });
    expect(await test.desk.store.requests.get(requestId)).toMatchObject({ state: ends });
    expect(test.lever.applied()).toHaveLength(1);
    expect(test.lever.value()).toBe(leverStands);
    expect((await test.auditKinds()).filter((kind) => kind === "run-begun")).toHaveLength(1);
    expect(await test.desk.store.audit.verify()).toMatchObject({ kind: "intact" });
    expect(await test.desk.store.leases.list()).toEqual([]);
  });

  it("of the queue's Redis changes nothing: the act goes on and is not repeated", async () => {
    const requestId = await test.request();
    test.lever.pauseAt("half-way");
    successor = startWork(test, createFakeChat());
    await decide(test.desk, { requestId, userId: APPROVER, kind: "approve" });
    await vi.waitFor(() => expect(test.lever.hasReached("half-way")).toBe(true), PATIENCE);
    await test.redis().kill();
    test.lever.resume();
    await vi.waitFor(async () => expect(await test.desk.store.requests.get(requestId)).toMatchObject({ state: "succeeded" }), {
      timeout: 60_000,
    });
    await test.redis().restart();
    // A second request goes the whole way again, so that the first one's job has been seen to by then.
    test.lever.set("off");
    const next = await test.request();
    await decide(test.desk, { requestId: next, userId: APPROVER, kind: "approve" });
    await vi.waitFor(async () => expect(await test.desk.store.requests.get(next)).toMatchObject({ state: "succeeded" }), {
      timeout: 60_000,
    });
    expect(test.lever.applied()).toHaveLength(2);
  });
});
