import { createServer } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import { json } from "../../../src/adapters/http/pages.ts";
import { createHttpServer, type HttpServer, type HttpServerOptions } from "../../../src/adapters/http/server.ts";

const running: HttpServer[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

describe("the HTTP server", () => {
  test("serves pages, whatever follows the path", async () => {
    const { url } = await start({ pages: { "/metrics": async () => ({ status: 200, type: "text/plain; version=0.0.4", body: "a 1\n" }) } });
    const response = await fetch(`${url}/metrics?x=1`);
    expect([response.status, response.headers.get("content-type"), await response.text()]).toEqual([
      200,
      "text/plain; version=0.0.4",
      "a 1\n",
    ]);
  });

  test("says so when a page cannot be had", async () => {
    const { url } = await start({ pages: { "/metrics": () => Promise.reject(new Error("broken")) } });
    expect(await get(`${url}/metrics`)).toEqual({ status: 500, body: { error: "broken" } });
  });

  test("hands a mounted path over, whatever the method", async () => {
    const { url } = await start({ mounts: { "/slack/events": (request, response) => response.end(JSON.stringify(request.method)) } });
    expect(await get(`${url}/slack/events?x=1`, { method: "POST", body: "a" })).toEqual({ status: 200, body: "POST" });
  });

  test("answers other paths and methods in JSON", async () => {
    const { url } = await start({ mounts: { "/webhooks/alertmanager": (_, response) => response.end() } });
    const known = ["/healthz", "/webhooks/alertmanager"];
    expect(await get(`${url}/nope`)).toEqual({ status: 404, body: { error: "not found", path: "/nope", known } });
    expect(await get(`${url}/nope`, { method: "POST", body: "x" })).toMatchObject({ status: 404 });
    expect(await get(`${url}/healthz`, { method: "POST", body: "x" })).toEqual({ status: 405, body: { error: "expected GET or HEAD" } });
    expect((await fetch(`${url}/healthz`, { method: "HEAD" })).status).toBe(200);
  });

  test("finishes what has begun when it is closed, and then takes nothing", async () => {
    const begun = deferred();
    const finish = deferred();
    const server = await start({
      mounts: {
        "/slow": (_request, response) => {
          begun.resolve();
          void finish.promise.then(() => response.end('"finished"'));
        },
      },
    });
    const slow = get(`${server.url}/slow`);
    await begun.promise;
    const closed = server.close();
    finish.resolve();
    expect(await slow).toEqual({ status: 200, body: "finished" });
    await closed;
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow("fetch failed");
  });

  test("does not wait for ever for what never ends", async () => {
    const begun = deferred();
    const server = await start({ mounts: { "/never": () => begun.resolve() } });
    const never = get(`${server.url}/never`).catch((error: unknown) => error);
    await begun.promise;
    await server.close(10);
    expect(await never).toBeInstanceOf(Error);
  });

  test("says what to do when the port is taken", async () => {
    const taken = createServer();
    const port = await new Promise<number>((resolve) => {
      taken.listen(0, "127.0.0.1", () => {
        const address = taken.address();
        resolve(typeof address === "object" && address !== null ? address.port : 0);
      });
    });
    await expect(start({ port })).rejects.toThrow(/expected to listen on 127\.0\.0\.1:\d+, got: .*EADDRINUSE.*OOMPH_HTTP_PORT/);
    await new Promise((resolve) => taken.close(resolve));
  });
});

async function start(options: Partial<HttpServerOptions>): Promise<HttpServer> {
  const pages = { "/healthz": async () => json(200, { status: "alive" }) };
  const server = await createHttpServer({ host: "127.0.0.1", port: 0, pages, ...options });
  running.push(server);
  return server;
}

async function get(url: string, init?: RequestInit): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url, init);
  return { status: response.status, body: await response.json() };
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
