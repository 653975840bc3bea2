import { createHmac } from "node:crypto";
import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startSlack, type LabSlack } from "../../../scripts/lab/slack/index.ts";
import { createHttpTransport, EVENTS_PATH } from "../../../src/adapters/slack/http-transport.ts";
import { PATIENCE } from "../../support/patience.ts";
import { collectLog, realClock, type SlackApp, startSlackApp } from "../../support/slack-app.ts";

describe("requests from Slack", () => {
  let lab: LabSlack;
  let app: SlackApp;
  beforeAll(async () => {
    lab = await startSlack();
    app = await startSlackApp(lab, "http");
  });
  beforeEach(() => {
    app.inbounds.length = 0;
  });
  afterAll(async () => {
    await app.stop();
    await lab.stop();
  });

  async function send(body: string, headers: Readonly<Record<string, string>> = {}, method = "POST") {
    const timestamp = String(Math.floor(Date.now() / 1000));
    const signature = `v0=${createHmac("sha256", lab.signingSecret).update(`v0:${timestamp}:${body}`).digest("hex")}`;
    return fetch(app.url, {
      method,
      headers: { "content-type": "application/json", "x-slack-request-timestamp": timestamp, "x-slack-signature": signature, ...headers },
      ...(method === "POST" && { body }),
    });
  }

  test("a wrong signature is refused, for commands, clicks and events", async () => {
    const forging = app.client.sending({ forged: true });
    expect(await forging.command("responder", "incidents", "/oom help")).toMatchObject({ status: 401 });
    expect(await forging.postAsBot("alerts", { text: "OOM" })).toMatchObject({ status: 401 });
    expect(await forging.deliver({ kind: "interactive", payload: { type: "block_actions" } })).toMatchObject({ status: 401 });
    expect(app.inbounds).toEqual([]);
  });

  test("a signature older than 5 minutes is refused", async () => {
    expect(await app.client.sending({ agedMs: 301_000 }).command("responder", "incidents", "/oom help")).toMatchObject({ status: 401 });
    expect(await app.client.sending({ agedMs: 200_000 }).command("responder", "incidents", "/oom help")).toMatchObject({ status: 200 });
    expect(app.inbounds).toHaveLength(1);
  });

  test("a request without signature is refused", async () => {
    expect((await fetch(app.url, { method: "POST", body: "{}" })).status).toBe(401);
    expect((await send("{}", { "x-slack-signature": "" })).status).toBe(401);
    expect((await send("{}", { "x-slack-request-timestamp": "soon" })).status).toBe(401);
  });

  test("the same signed body replayed has the same id", async () => {
    const sent = await app.client.command("responder", "incidents", "/oom help");
    await app.client.again(sent);
    expect(app.inbounds).toHaveLength(2);
    expect(app.inbounds[1]?.id).toBe(app.inbounds[0]?.id);
  });

  test("answers Slack's check of the address", async () => {
    const answer = await send(JSON.stringify({ type: "url_verification", challenge: "abc" }));
    expect(await answer.json()).toEqual({ challenge: "abc" });
  });

  test("other methods and paths are not found", async () => {
    expect((await send("", {}, "GET")).status).toBe(404);
    expect((await fetch(app.url.replace("events", "other"), { method: "POST", body: "{}" })).status).toBe(404);
  });

  test.each([
    ["no JSON", "{", 400],
    ["JSON null", "null", 400],
    ["a JSON list", "[]", 400],
    ["a JSON word", '"x"', 400],
    ["an unknown type", '{"type":"surprise"}', 200],
  ])("a signed body that is %s ends in an answer and no crash", async (_, body, status) => {
    expect((await send(body)).status).toBe(status);
    expect(app.inbounds).toEqual([]);
  });

  test("a body of more than 2 MiB is refused", async () => {
    expect((await send(JSON.stringify({ type: "x".repeat(2 ** 21) }))).status).toBe(413);
  });
});

describe("bodies that do not end", () => {
  test("are held up to 32 MiB in all, whoever sends them", async () => {
    const { url, close } = await serve(PATIENCE.timeout);
    const open = Array.from({ length: 17 }, () => unended(url, 2 ** 21 - 1));
    expect(await Promise.race(open.map(({ answered }) => answered))).toBe(503);
    for (const { cutOff } of open) cutOff();
    await expect.poll(async () => (await fetch(url, { method: "POST", body: "{}" })).status, PATIENCE).toBe(401);
    await close();
  });

  test("are cut off", async () => {
    const { url, close } = await serve(20);
    expect(await unended(url, 1).answered).toBeUndefined();
    await close();
  });
});

/** A listener of its own, to which nobody has to be Slack. */
async function serve(bodyWithinMs: number): Promise<{ readonly url: string; close(): Promise<void> }> {
  const takeIn = { take: async () => true, settled: async () => undefined };
  const parts = { signingSecret: "a-secret-of-this-test", takeIn, clock: realClock, log: collectLog([]), bodyWithinMs };
  const server = createServer(createHttpTransport(parts).requestHandler);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${EVENTS_PATH}`,
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

/** `answered`: the status, undefined when it was cut off before. */
function unended(url: string, bytes: number): { readonly answered: Promise<number | undefined>; cutOff(): void } {
  const request = httpRequest(url, { method: "POST", agent: false, headers: { "content-length": 2 ** 21 } });
  request.on("error", () => undefined);
  request.write("x".repeat(bytes));
  const answered = new Promise<number | undefined>((done) => {
    request.once("close", () => done(undefined));
    request.once("response", ({ statusCode }) => done(statusCode));
  });
  return { answered, cutOff: () => void request.destroy() };
}
