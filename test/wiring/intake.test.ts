import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { pathToFileURL } from "node:url";
import { resolve } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { json } from "../../src/adapters/http/pages.ts";
import { startIntakeThread, type IntakeParts } from "../../src/wiring/intake.ts";
import { PATIENCE } from "../support/patience.ts";

const SHIPPED = pathToFileURL(resolve(import.meta.dirname, "../../dist/intake-thread.js"));
const SECRET = "made-up-secret-of-slack";

describe("the thread in which everything comes in", () => {
  test("hands pages on to the work, with how the connection to Slack stands, and ends without a word", async () => {
    const onLost = vi.fn<IntakeParts["onLost"]>();
    const intake = await startIntakeThread({ ...parts(), onLost, page: async (path, slack) => json(200, { path, slack }) });
    await intake.takeFromSlack();
    const response = await fetch(`${intake.url}/readyz`);
    expect([response.status, await response.json()]).toMatchObject([200, { path: "/readyz", slack: { state: "connected" } }]);
    await intake.stopTaking();
    expect(await (await fetch(`${intake.url}/healthz`)).json()).toMatchObject({ slack: { state: "disconnected" } });
    await intake.close();
    await expect(fetch(intake.url)).rejects.toThrow("fetch failed");
    expect(onLost).not.toHaveBeenCalled();
  });

  test("what the work throws comes in words, and what the thread logs goes to the work", async () => {
    const lines: string[] = [];
    const error = new Error("the store is away", { cause: { uncopyable: () => undefined } });
    const intake = await startIntakeThread({ ...parts(), page: () => Promise.reject(error), logged: (line) => lines.push(line) });
    const response = await fetch(`${intake.url}/readyz`);
    expect([response.status, await response.json()]).toEqual([503, { status: "not working", because: "the store is away" }]);
    await intake.takeFromSlack();
    await fetch(`${intake.url}/slack/events`, { method: "POST", body: "{}", headers: { "x-slack-signature": SECRET } });
    await intake.close();
    expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
      { level: "warn", msg: expect.stringContaining("valid signature") },
    ]);
  });

  test("says what to do when the port is taken", async () => {
    const taken = createServer();
    await new Promise<void>((done) => taken.listen(0, "127.0.0.1", done));
    const { port } = taken.address() as AddressInfo;
    await expect(startIntakeThread(parts({ host: "127.0.0.1", port }))).rejects.toThrow(
      /expected to listen on .*EADDRINUSE.*OOMPH_HTTP_PORT/,
    );
    await new Promise((done) => taken.close(done));
  });

  test.each([
    ["fails", "throw new Error('broken')", "the thread in which everything comes in has failed: broken"],
    ["ends", "process.exit(3)", "the thread in which everything comes in has ended with code 3"],
  ])("is missed when it %s", async (_how, does, words) => {
    const lost = new Promise<string>((done) => {
      const program = new URL(`data:text/javascript,${encodeURIComponent(does)}`);
      void startIntakeThread({ ...parts(), program, onLost: ({ message }) => done(message) }).catch(() => undefined);
    });
    await vi.waitFor(async () => expect(await lost).toBe(words), PATIENCE);
  });
});

function parts(http = { host: "127.0.0.1", port: 0 }): IntakeParts {
  return {
    program: SHIPPED,
    others: [],
    chat: { respond: async () => undefined, whisper: async () => undefined },
    metrics: { received: () => undefined, duplicateDropped: () => undefined },
    atOnce: async () => ({ kind: "ok" }),
    page: async () => json(200, {}),
    logged: () => undefined,
    onLost: (error) => {
      throw error;
    },
    settings: {
      http,
      webhooks: { secrets: {}, topics: [], generic: [] },
      alertChannels: [],
      slack: { botToken: "xoxb-made-up", transport: { kind: "http", signingSecret: SECRET }, timeoutMs: 1_000 },
      queue: { url: "redis://127.0.0.1:9", prefix: "oomph", answerWithinMs: 100, stalledAfterMs: 1_000 },
      rules: [],
      log: { level: "warn", secrets: [SECRET] },
    },
  };
}
