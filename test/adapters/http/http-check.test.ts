import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { httpCheck } from "../../../src/adapters/http/http-check.ts";
import { PATIENCE } from "../../support/patience.ts";

describe("the health check", () => {
  const servers: Server[] = [];
  const check = httpCheck;

  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it.each([200, 204, 404, 503])("tells status %i", async (status) => {
    const at = await serve((_, response) => response.writeHead(status).end());
    expect(await check(`${at}/health?token=made-up`, PATIENCE.timeout)).toEqual({ kind: "answered", status, tookMs: expect.any(Number) });
  });

  it("does one GET, once", async () => {
    const seen: string[] = [];
    const at = await serve((request, response) => {
      seen.push(`${request.method} ${request.url}`);
      response.writeHead(503).end();
    });
    await check(`${at}/health`, PATIENCE.timeout);
    expect(seen).toEqual(["GET /health"]);
  });

  it("follows a redirect on the same host", async () => {
    const at = await serve((request, response) => {
      if (request.url === "/ready") response.writeHead(200).end();
      else response.writeHead(302, { location: "/ready" }).end();
    });
    expect(await check(`${at}/health`, PATIENCE.timeout)).toMatchObject({ kind: "answered", status: 200 });
  });

  it("never follows a redirect to another host", async () => {
    let asked = 0;
    const elsewhere = await serve((_, response) => {
      asked += 1;
      response.writeHead(200).end();
    });
    const at = await serve((_, response) => response.writeHead(307, { location: elsewhere.replace("127.0.0.1", "localhost") }).end());
    expect(await check(at, PATIENCE.timeout)).toEqual({
      kind: "no-answer",
      because: expect.stringMatching(/^it redirects to another host \(localhost:\d+\)/),
    });
    expect(asked).toBe(0);
  });

  it("gives up on a circle of redirects", async () => {
    const at = await serve((_, response) => response.writeHead(302, { location: "/" }).end());
    expect(await check(at, PATIENCE.timeout)).toEqual({ kind: "no-answer", because: "it redirects more than 5 times" });
  });

  it("gives up when the time is over, and does not wait for the body", async () => {
    const silent = await serve(() => undefined);
    expect(await check(silent, 100)).toEqual({ kind: "no-answer", because: "nothing within 100 ms" });
    const endless = await serve((_, response) => void response.writeHead(200).write("and on and on"));
    expect(await check(endless, 2000)).toMatchObject({ kind: "answered", status: 200 });
  });

  it("says when nobody listens, the connection breaks, or the name is unknown", async () => {
    const at = await serve((request) => request.socket.destroy());
    expect(await check(at, PATIENCE.timeout)).toEqual({ kind: "no-answer", because: "the connection was closed in the middle" });
    const gone = servers.splice(0)[0];
    await new Promise((resolve) => gone?.close(resolve));
    expect(await check(at, PATIENCE.timeout)).toEqual({ kind: "no-answer", because: "connection refused: nothing listens there" });
    expect(await check("not a url", PATIENCE.timeout)).toMatchObject({ kind: "no-answer" });
  });

  async function serve(listener: RequestListener): Promise<string> {
    const server = createServer(listener);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
});
