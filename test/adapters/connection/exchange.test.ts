import { Agent, createServer, request, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { codeIn, exchange, LATE, type Exchange } from "../../../src/adapters/connection/exchange.ts";
import { readUpTo } from "../../../src/adapters/connection/read-body.ts";

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function asking(answer: RequestListener, agent = new Agent()) {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const work: Exchange = {
    begin: (signal) => request({ host: "127.0.0.1", port, agent, signal }).end(),
    mayRepeat: true,
    connectTimeoutMs: 20_000,
    answerTimeoutMs: 60_000,
  };
  return { work, server };
}

async function textOf(work: Exchange): Promise<string> {
  return exchange(work, async (answer) => (await readUpTo(answer, 1000)).bytes.toString());
}

test("an answer is handed on", async () => {
  const { work } = await asking((_request, response) => response.end("hello"));
  await expect(textOf(work)).resolves.toBe("hello");
});

test("an answer that does not come, or does not end, is late", async () => {
  const { work: silent } = await asking(() => undefined);
  await expect(textOf({ ...silent, answerTimeoutMs: 30 })).rejects.toMatchObject({ code: LATE.answer });
  const { work: slow } = await asking((_request, response) => response.write("begun"));
  await expect(textOf({ ...slow, answerTimeoutMs: 200 })).rejects.toMatchObject({ code: LATE.answer });
});

test("an endless one may go on until its signal is aborted, whose reason is thrown", async () => {
  const { work } = await asking((_request, response) => response.write("begun"));
  const stop = new AbortController();
  const reading = exchange({ ...work, endless: true, signal: stop.signal }, async (answer) => {
    stop.abort(new Error("enough"));
    return readUpTo(answer, 1000);
  });
  await expect(reading).rejects.toThrow("enough");
});

test("a kept socket that turns out to be dead is replaced, once, for what only reads", async () => {
  let times = 0;
  const agent = new Agent({ keepAlive: true });
  const { work } = await asking((request, response) => {
    times += 1;
    if (times === 1) return void response.end("first");
    if (times === 2) return void request.socket.destroy();
    response.end("again");
  }, agent);
  await expect(textOf(work)).resolves.toBe("first");
  await expect(textOf(work)).resolves.toBe("again");
  expect(times).toBe(3);
  agent.destroy();
});

test("what changes something is not sent twice", async () => {
  let times = 0;
  const agent = new Agent({ keepAlive: true });
  const { work } = await asking((request, response) => {
    times += 1;
    if (times === 1) return void response.end("first");
    request.socket.destroy();
  }, agent);
  await textOf(work);
  await expect(textOf({ ...work, mayRepeat: false })).rejects.toMatchObject({ code: "ECONNRESET" });
  expect(times).toBe(2);
  agent.destroy();
});

test("the code of an error is found in what it is made of", () => {
  const refused = Object.assign(new Error("no"), { code: "ECONNREFUSED" });
  expect(codeIn(new AggregateError([refused]))).toBe("ECONNREFUSED");
  expect(codeIn(new Error("outer", { cause: refused }))).toBe("ECONNREFUSED");
  expect(codeIn("no")).toBe("");
});
