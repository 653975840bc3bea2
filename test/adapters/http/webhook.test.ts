import { request as httpRequest } from "node:http";
import { createHmac } from "node:crypto";
import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { createHttpServer, type HttpServer } from "../../../src/adapters/http/server.ts";
import { createLargeBodies, createPlaces } from "../../../src/adapters/http/places.ts";
import { sharedSecret, signedBody } from "../../../src/adapters/http/proofs.ts";
import { BODY_LIMIT_BYTES, createWebhook, type WebhookParts } from "../../../src/adapters/http/webhook.ts";
import { OomphError } from "../../../src/domain/errors.ts";
import type { TakeSent } from "../../../src/ports/webhook.ts";
import { PATIENCE } from "../../support/patience.ts";

const SECRET = "a-secret-of-this-test";
const running: HttpServer[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close(100)));
});

type Start = Partial<
  Pick<WebhookParts, "proof" | "take" | "onRefused" | "perMinute" | "onlyAfter5xx" | "unproven" | "large" | "bodyWithinMs">
> & {
  readonly nowMs?: () => number;
};

async function start({ take = async () => ({ kind: "queued", id: "1" }), nowMs = () => Date.now(), ...rest }: Start = {}) {
  const taken: unknown[] = [];
  const logged: string[] = [];
  const heard = (_facts: object, message: string): void => void logged.push(message);
  const log = { debug: heard, info: heard, warn: heard, error: heard };
  const clock = { nowMs, sleep: async () => undefined };
  const counted: TakeSent = async (body, digest) => {
    taken.push(body);
    return take(body, digest);
  };
  const hook = createWebhook({ proof: sharedSecret(SECRET, "webhooks.wazuhSecret"), take: counted, clock, log, ...rest });
  const server = await createHttpServer({ host: "127.0.0.1", port: 0, pages: {}, mounts: { "/webhooks/wazuh": hook } });
  running.push(server);
  const url = `${server.url}/webhooks/wazuh`;
  const send = async (body: string | Uint8Array<ArrayBuffer> | undefined, headers: Record<string, string> = {}, method = "POST") => {
    const all = { authorization: `Bearer ${SECRET}`, "content-type": "application/json", ...headers };
    const response = await fetch(url, { method, headers: all, ...(body === undefined ? {} : { body }) });
    return { status: response.status, headers: response.headers, body: (await response.json()) as Record<string, unknown> };
  };
  return { url, port: server.port, send, taken, logged };
}

describe("a webhook", () => {
  test("takes JSON with the secret in either header, or as a password", async () => {
    const { send, taken } = await start();
    expect(await send('{"a":1}')).toMatchObject({ status: 202, body: { status: "queued", id: "1" } });
    const own = { authorization: "", "x-oomph-secret": SECRET, "content-type": "application/json; charset=utf-8" };
    expect(await send('{"b":2}', own)).toMatchObject({ status: 202 });
    const basic = `Basic ${Buffer.from(`anybody:${SECRET}`).toString("base64")}`;
    expect(await send('{"c":3}', { authorization: basic })).toMatchObject({ status: 202 });
    expect(taken).toEqual([{ a: 1 }, { b: 2 }, { c: 3 }]);
  });

  test("logs each way of refusing once a minute, and counts them all", async () => {
    let [nowMs, refused] = [0, 0];
    const { send, logged } = await start({ nowMs: () => nowMs, onRefused: () => void (refused += 1) });
    for (const _time of [1, 2, 3]) await send("{}", { authorization: "Bearer wrong" });
    await send("{");
    expect([refused, logged]).toEqual([4, ["a webhook refused what came", "a webhook refused what came"]]);
    nowMs = 60_000;
    await send("{");
    expect([refused, logged.length]).toEqual([5, 3]);
  });

  test("works on one large message at a time, and holds no more than there is room for; small ones pass", async () => {
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    let [running, most] = [0, 0];
    const { send, taken } = await start({
      large: createLargeBodies(2),
      async take(body) {
        running += 1;
        most = Math.max(most, running);
        if (typeof body === "object" && body !== null && "large" in body) await gate;
        running -= 1;
        return { kind: "queued", id: "1" };
      },
    });
    const large = JSON.stringify({ large: "x".repeat(2 ** 16) });
    const first = send(large);
    await expect.poll(() => taken.length, PATIENCE).toBe(1);
    const others = [send(large), send(large)];
    expect(await Promise.race(others)).toMatchObject({ status: 429, body: { error: expect.stringContaining("more large messages") } });
    expect(taken).toHaveLength(1);
    open();
    expect((await Promise.all([first, ...others])).filter(({ status }) => status === 202)).toHaveLength(2);
    expect(most).toBe(1);
    expect(await send("{}")).toMatchObject({ status: 202 });
  });

  test("takes a sender that hangs up in the middle for one that sent nothing useful, and for no fault of Oomph's", async () => {
    const { port, logged, taken } = await start();
    const head = `POST /webhooks/wazuh HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${SECRET}\r\ncontent-type: application/json\r\ncontent-length: 9`;
    const socket = connect(port, "127.0.0.1", () => socket.write(`${head}\r\n\r\n{"a"`, () => socket.destroy()));
    await expect.poll(() => logged, PATIENCE).toEqual(["a webhook refused what came"]);
    expect(taken).toEqual([]);
  });

  test.each([
    ["is told to send it again", {}, 408],
    ["is told so in the one way that it understands", { onlyAfter5xx: true }, 503],
  ] as const)("a sender with the right secret that never ends its message %s, and is cut off", async (_what, how, status) => {
    const { port, logged, taken } = await start({ ...how, bodyWithinMs: 20 });
    const head = `POST /webhooks/wazuh HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${SECRET}\r\ncontent-type: application/json\r\ncontent-length: 9`;
    const socket = connect(port, "127.0.0.1", () => socket.write(`${head}\r\n\r\n{"a"`));
    socket.on("error", () => undefined);
    const parts: Buffer[] = [];
    for await (const part of socket) parts.push(Buffer.from(part as Uint8Array));
    expect(String(Buffer.concat(parts))).toMatch(
      new RegExp(`^HTTP/1\\.1 ${status} [^]*expected the whole message within 0\\.02 s: send it again`),
    );
    expect([logged, taken]).toEqual([["a webhook refused what came"], []]);
  });

  test("says what is of no concern, and what is unfit", async () => {
    const ignoring = await start({ take: async () => ({ kind: "ignored", id: "7", because: "not about memory" }) });
    expect(await ignoring.send("{}")).toMatchObject({ status: 200, body: { status: "ignored", id: "7", because: "not about memory" } });
    const unfit = await start({ take: async () => ({ kind: "unfit", because: "id: required" }) });
    expect(await unfit.send("{}")).toMatchObject({
      status: 400,
      body: { error: "this is not what the sender's alerts look like: id: required" },
    });
  });

  test.each([
    ["none", {}],
    ["another", { authorization: "Bearer a-secret-of-this-tesT" }],
    ["a part of it", { authorization: `Bearer ${SECRET.slice(0, -1)}` }],
    ["more than it", { authorization: `Bearer ${SECRET}x` }],
    ["an empty one", { authorization: "Bearer ", "x-oomph-secret": "" }],
    ["another scheme", { authorization: `Digest ${SECRET}` }],
    ["a user, not the password", { authorization: `Basic ${Buffer.from(`${SECRET}:another`).toString("base64")}` }],
    ["nothing that can be decoded", { authorization: "Basic ////" }],
    ["a long one", { "x-oomph-secret": "x".repeat(8000) }],
  ])("refuses a request whose secret is %s", async (_what, headers: Record<string, string>) => {
    const { send, taken } = await start();
    const refused = await send("{}", { authorization: "", ...headers });
    expect(refused).toMatchObject({ status: 401, body: { error: expect.stringContaining("webhooks.wazuhSecret") } });
    expect(JSON.stringify(refused.body)).not.toContain(SECRET);
    expect(refused.headers.get("www-authenticate")).toBe('Bearer, Basic realm="Oomph"');
    expect(taken).toEqual([]);
  });

  test("refuses other methods, other content and what cannot be parsed", async () => {
    const { send, taken } = await start();
    expect(await send(undefined, {}, "GET")).toMatchObject({ status: 405, body: { error: "expected POST" } });
    expect(await send("a=1", { "content-type": "application/x-www-form-urlencoded" })).toMatchObject({ status: 415 });
    expect(await send("{}", { "content-encoding": "gzip" })).toMatchObject({ status: 415 });
    for (const broken of ["", "{", "{'a':1}", '{"a":1}}', "undefined", new Uint8Array([0x22, 0xff, 0x22])])
      expect(await send(broken)).toMatchObject({ status: 400, body: { error: expect.stringContaining("one JSON object in UTF-8") } });
    expect(taken).toEqual([]);
    // A megabyte of brackets parses, or it does not: it must not bring anything down.
    expect([202, 400]).toContain((await send("[".repeat(500_000) + "]".repeat(500_000))).status);
    expect(await send("{}")).toMatchObject({ status: 202 });
  });

  test("refuses a body that is too large, whether or not it says so before", async () => {
    const { url, send, taken } = await start();
    const large = "x".repeat(BODY_LIMIT_BYTES + 1);
    expect(await send(`"${large}"`)).toMatchObject({
      status: 413,
      body: { error: `expected at most ${BODY_LIMIT_BYTES} bytes in one message` },
    });
    expect(await chunked(url, large)).toBe(413);
    expect(taken).toEqual([]);
    expect(await send(`"${"x".repeat(BODY_LIMIT_BYTES - 2)}"`)).toMatchObject({ status: 202 });
  });

  test("cuts off a sender that does not stop sending", async () => {
    const { port } = await start();
    const socket = connect(port, "127.0.0.1");
    const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
    socket.on("error", () => undefined);
    socket.resume();
    socket.write(`POST /webhooks/wazuh HTTP/1.1\r\nhost: x\r\ncontent-length: 900000000\r\n\r\n`);
    const piece = Buffer.alloc(65_536, "x");
    const more = (): void => {
      while (!socket.destroyed && socket.write(piece));
      if (!socket.destroyed) socket.once("drain", more);
    };
    more();
    await closed;
    expect(socket.bytesWritten).toBeLessThan(900_000_000);
  });

  test("says that nothing was kept when the queue is away, and when something else goes wrong", async () => {
    const away = await start({
      take: async () => {
        throw new OomphError("queue-unavailable", "away");
      },
    });
    const answer = await away.send("{}");
    expect(answer).toMatchObject({ status: 503, body: { error: expect.stringContaining("not kept: send it again") } });
    expect(answer.headers.get("retry-after")).toBe("5");
    const broken = await start({
      take: async () => {
        throw new TypeError("a secret detail");
      },
    });
    expect(await broken.send("{}")).toMatchObject({ status: 500, body: { error: expect.not.stringContaining("detail") } });
    expect(broken.logged).toEqual(["an alert could not be taken"]);
  });

  test("lets so many through in a minute, and says when to come again; who has no secret takes nobody's place", async () => {
    let nowMs = 1_000_000;
    const { send } = await start({ perMinute: 3, nowMs: () => nowMs });
    for (let time = 0; time < 5; time += 1) expect((await send("{}", { authorization: "" })).status).toBe(401);
    for (let time = 0; time < 3; time += 1) expect((await send("{}")).status).toBe(202);
    const refused = await send("{}");
    expect(refused).toMatchObject({ status: 429, body: { error: expect.stringContaining("at most 3 requests in a minute") } });
    nowMs += Number(refused.headers.get("retry-after")) * 1000;
    expect((await send("{}")).status).toBe(202);
    expect((await send("{}")).status).toBe(429);
    nowMs -= 3_600_000; // a clock that is set back
    expect((await send("{}")).status).toBe(429);
    nowMs += 60_000;
    expect((await send("{}")).status).toBe(202);
  });

  test("says it in the one way that some senders understand", async () => {
    const { send } = await start({ perMinute: 1, onlyAfter5xx: true, nowMs: () => 1_000_000 });
    expect((await send("{}")).status).toBe(202);
    const refused = await send("{}");
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "60"]);
  });
});

function chunked(url: string, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${SECRET}`, "content-type": "application/json", "transfer-encoding": "chunked" };
    const request = httpRequest(url, { method: "POST", headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on("error", reject);
    request.end(body);
  });
}

describe("a webhook whose bodies are signed", () => {
  const SIGNED = { secret: SECRET, setting: "webhooks.sentrySecret", header: "sentry-hook-signature", prefix: "" };
  const signed = (text: string) => ({ "sentry-hook-signature": createHmac("sha256", SECRET).update(text).digest("hex") });
  const half = (port: number): Socket => {
    const socket = connect(port, "127.0.0.1");
    const head =
      "POST /webhooks/wazuh HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nsentry-hook-signature: 00\r\ncontent-length: 9\r\n\r\n{";
    socket.on("error", () => undefined); // it is cut off in the end
    socket.write(head);
    return socket;
  };

  test("reads few at once before it knows whose they are, and says when to come again", async () => {
    const unproven = createPlaces(2);
    const { send, port, taken } = await start({ proof: signedBody(SIGNED), unproven });
    const sockets = [half(port), half(port)];
    const isFull = (): boolean => {
      const giveBack = unproven.take();
      giveBack?.();
      return giveBack === undefined;
    };
    await expect.poll(isFull, PATIENCE).toBe(true);
    const refused = await send("{}", { authorization: "", ...signed("{}") });
    expect(refused).toMatchObject({ status: 429, body: { error: expect.stringContaining("send it again") } });
    expect(refused.headers.get("retry-after")).toBe("1");
    // Who sends the secret along is not kept waiting by those who may be anybody.
    expect(await send("{}")).toMatchObject({ status: 202 });
    for (const socket of sockets) socket.destroy();
    await expect.poll(isFull, PATIENCE).toBe(false);
    expect(await send("{}", { authorization: "", ...signed("{}") })).toMatchObject({ status: 202 });
    expect(taken).toHaveLength(2);
  });

  test("does not wait long for such a body", async () => {
    const { port, taken } = await start({ proof: signedBody(SIGNED), bodyWithinMs: 20 });
    const answer = await new Promise<string>((resolve) => half(port).once("data", (data: Buffer) => resolve(data.toString())));
    expect(answer).toMatch(/^HTTP\/1\.1 408 [^]*expected the whole message within 0\.02 s/);
    expect(taken).toEqual([]);
  });

  test("refuses what was signed more than a day ago, however well", async () => {
    const nowMs = Date.parse("2026-03-14T09:26:53Z");
    const sentAtMs = (bytes: Uint8Array): number => Number(Buffer.from(bytes).toString());
    const { send } = await start({ proof: signedBody({ ...SIGNED, sentAtMs, nowMs: () => nowMs }) });
    const [fresh, stale] = [`${nowMs - 86_400_000}`, `${nowMs - 86_400_001}`];
    expect(await send(fresh, { authorization: "", ...signed(fresh) })).toMatchObject({ status: 202 });
    expect(await send(stale, { authorization: "", ...signed(stale) })).toMatchObject({
      status: 403,
      body: { error: "it was signed more than a day ago" },
    });
  });
});
