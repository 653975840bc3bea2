import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { createNodeInspector } from "../../../../src/adapters/heap/inspector/node-inspector.ts";
import { decodeHeapProfile } from "../../../../src/adapters/heap/decode-profile.ts";
import { systemClock as clock } from "../../../../src/adapters/system/system-clock.ts";
import { functionName } from "../../../../src/domain/heap/profile.ts";

const LEAK =
  "const kept = []; function keepOrder() { kept.push(Array.from({ length: 2000 }, (_, at) => ({ at }))); } setInterval(keepOrder, 5);";
const inspector = createNodeInspector({ timeoutMs: 60_000, clock });
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** A program of Node's with its inspector open. */
async function startNode(script: string): Promise<number> {
  const child = spawn(process.execPath, ["--inspect=127.0.0.1:0", "-e", script], { stdio: ["ignore", "ignore", "pipe"] });
  ends.push(() => child.kill("SIGKILL"));
  let said = "";
  for await (const chunk of child.stderr) {
    said += String(chunk);
    const port = /ws:\/\/127\.0\.0\.1:(\d+)\//.exec(said)?.[1];
    if (port !== undefined) return Number(port);
  }
  throw new Error(`Node.js did not open its inspector: ${said}`);
}

describe("a program of Node.js that listens for an inspector", () => {
  test("tells its memory and which calls asked for what is still in use", async () => {
    const port = await startNode(LEAK);
    const sampling = { forMs: 1500, signal: AbortSignal.timeout(120_000) };
    const { profile, before, after } = await inspector.sample({ host: "127.0.0.1", port }, sampling);
    const read = decodeHeapProfile(profile);
    expect(read.durationMs).toBeGreaterThanOrEqual(1500);
    expect(read.samples.length).toBeGreaterThan(0);
    const names = new Set(read.samples.flatMap(({ stack }) => stack.map((frame) => functionName(read, frame))));
    expect([...names].join("\n")).toContain("keepOrder");
    expect(before.rssBytes).toBeGreaterThan(0);
    expect(after.heapUsedBytes).toBeGreaterThan(0);
    expect(after.heapLimitBytes).toBeGreaterThan(after.heapUsedBytes);
  });

  test("is left alone when the asker stops waiting", async () => {
    const port = await startNode(LEAK);
    const stopped = AbortSignal.abort(new Error("stopped"));
    await expect(inspector.sample({ host: "127.0.0.1", port }, { forMs: 60_000, signal: stopped })).rejects.toThrow("stopped");
  });
});

test("what listens and is no inspector is said to be none", async () => {
  const server = createServer((socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello")).listen(
    0,
    "127.0.0.1",
  );
  await once(server, "listening");
  ends.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  const signal = AbortSignal.timeout(120_000);
  await expect(inspector.sample({ host: "127.0.0.1", port }, { forMs: 10, signal })).rejects.toMatchObject({ code: "unreachable" });
});
