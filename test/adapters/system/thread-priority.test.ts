import { once } from "node:events";
import { getPriority } from "node:os";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { giveWay, threadsOfProcess } from "../../../src/adapters/system/thread-priority.ts";

// Priorities cannot be raised again without rights: threads of their own are lowered, not the test's.
test("those that give way let another thread of the process go first, and a thread that has ended is no fault", async () => {
  const before = await threadsOfProcess();
  expect(before).toContain(process.pid);
  const [lowered, other] = [idleThread(), idleThread()];
  await Promise.all([once(lowered, "message"), once(other, "message")]);
  const fresh = (await threadsOfProcess()).filter((thread) => !before.includes(thread));
  expect(fresh).toHaveLength(2);
  const [first = 0, second = 0] = fresh;
  const usual = getPriority(second);

  giveWay([first, NO_THREAD]);

  expect(getPriority(first)).toBe(Math.min(usual + 5, 19));
  expect(getPriority(second)).toBe(usual);
  giveWay([first, first, first, first]);
  expect(getPriority(first)).toBe(19);
  await Promise.all([lowered.terminate(), other.terminate()]);
});

// Beyond the highest that Linux gives.
const NO_THREAD = 2 ** 22 + 1;

function idleThread(): Worker {
  const program = 'const { parentPort } = require("node:worker_threads"); parentPort.on("message", () => {}); parentPort.postMessage(1);';
  return new Worker(program, { eval: true });
}
