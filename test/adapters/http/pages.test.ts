import { describe, expect, test } from "vitest";
import { createPages, json, pageFrom, type Page, type PageParts } from "../../../src/adapters/http/pages.ts";

describe("Oomph's own pages: it", () => {
  test("is alive whatever its checks say", async () => {
    const pages = pagesWith({ checks: { store: () => Promise.reject(new Error("gone")) } });
    expect(await read(pages["/healthz"])).toEqual({ status: 200, body: { status: "alive" } });
  });

  test("is ready when every check is", async () => {
    const pages = pagesWith({ checks: { store: () => Promise.resolve(), queue: () => Promise.resolve() } });
    expect(await read(pages["/readyz"])).toEqual({
      status: 200,
      body: { status: "ready", checks: { store: { ok: true }, queue: { ok: true } }, warnings: [] },
    });
  });

  test("says which check fails and why, and does not wait for one that never answers", async () => {
    const pages = pagesWith({
      checkTimeoutMs: 20,
      checks: {
        store: () => Promise.reject(new Error("the database is locked")),
        queue: () => new Promise(() => {}),
        chat: () => Promise.resolve(),
        sync: () => {
          throw new Error("at once");
        },
      },
    });
    expect(await read(pages["/readyz"])).toEqual({
      status: 503,
      body: {
        status: "not ready",
        checks: {
          store: { ok: false, because: "the database is locked" },
          queue: { ok: false, because: "no answer within 20 ms" },
          chat: { ok: true },
          sync: { ok: false, because: "at once" },
        },
        warnings: [],
      },
    });
  });

  test("says what should be put right, and is ready all the same", async () => {
    const pages = pagesWith({ checks: { queue: async () => undefined }, warnings: async () => ["turn on appendonly"] });
    expect(await read(pages["/readyz"])).toMatchObject({ status: 200, body: { status: "ready", warnings: ["turn on appendonly"] } });
  });

  test("says in /readyz how connections stand", async () => {
    const slack = { state: "connecting", since: "2026-01-01T00:00:00.000Z", reconnects: 3 };
    const pages = pagesWith({ checks: {}, connections: () => ({ slack }) });
    expect(await read(pages["/readyz"])).toMatchObject({ status: 200, body: { connections: { slack } } });
  });

  test("is as ready as its checks when nobody can say what there is to warn of", async () => {
    const warnings = () => new Promise<never>(() => {});
    const pages = pagesWith({ checkTimeoutMs: 20, checks: { queue: async () => undefined }, warnings });
    expect(await read(pages["/readyz"])).toMatchObject({ status: 200, body: { warnings: [] } });
  });

  test("tells its metrics", async () => {
    const pages = pagesWith({ metrics: { contentType: "text/plain; version=0.0.4", text: async () => "a 1\n" } });
    expect(await pages["/metrics"]()).toEqual({ status: 200, type: "text/plain; version=0.0.4", body: "a 1\n" });
  });
});

describe("a page from elsewhere", () => {
  test("is handed on as it is", async () => {
    const page = json(503, { status: "not ready" });
    expect(await pageFrom(async () => page, 1_000)).toBe(page);
  });

  test("that does not come, or fails, is a 503 that says why", async () => {
    const never = () => new Promise<never>(() => {});
    expect(await pageFrom(never, 20)).toEqual(json(503, { status: "not working", because: "no answer within 20 ms" }));
    const failing = () => Promise.reject(new Error("gone"));
    expect(await pageFrom(failing, 1_000)).toEqual(json(503, { status: "not working", because: "gone" }));
  });
});

function pagesWith(parts: Partial<PageParts>) {
  return createPages({ checks: {}, metrics: { contentType: "text/plain", text: async () => "" }, ...parts });
}

async function read(page: () => Promise<Page>): Promise<{ readonly status: number; readonly body: unknown }> {
  const { status, body } = await page();
  return { status, body: JSON.parse(body) };
}
