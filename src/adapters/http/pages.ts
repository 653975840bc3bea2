import { messageOf } from "../../domain/errors.ts";

/** What is answered to who reads a page. */
export type Page = { readonly status: number; readonly type?: string; readonly body: string };
export type Pages = Readonly<Record<string, () => Promise<Page>>>;

/** What Oomph tells of itself by HTTP. */
export const PAGE_PATHS = ["/healthz", "/readyz", "/metrics"] as const;
export type PagePath = (typeof PAGE_PATHS)[number];

export type PageParts = {
  /** What must work before work may be sent here, by name; each throws when it does not. */
  readonly checks: Readonly<Record<string, () => Promise<unknown>>>;
  /** What an operator should put right, said in /readyz without making it fail: it works, for now. */
  readonly warnings?: () => Promise<readonly string[]>;
  /** How connections stand, for /readyz. */
  readonly connections?: () => Readonly<Record<string, Readonly<Record<string, string | number>>>>;
  readonly metrics: { readonly contentType: string; text(): Promise<string> };
  /** Longest wait for one check; 2 s unless said otherwise. */
  readonly checkTimeoutMs?: number;
};

/** Health, readiness and metrics. */
export function createPages(parts: PageParts): Readonly<Record<PagePath, () => Promise<Page>>> {
  const { metrics } = parts;
  return {
    "/healthz": () => Promise.resolve(json(200, { status: "alive" })),
    "/readyz": () => readiness(parts),
    "/metrics": async () => ({ status: 200, type: metrics.contentType, body: await metrics.text() }),
  };
}

/** A page from elsewhere: 503, saying why, when it does not come in time. */
export async function pageFrom(ask: () => Promise<Page>, withinMs: number): Promise<Page> {
  const asked = await settled(ask, withinMs);
  return asked.kind === "answered" ? asked.answer : json(503, { status: "not working", because: asked.because });
}

async function readiness({ checks, connections, warnings = noWarnings, checkTimeoutMs = 2000 }: PageParts): Promise<Page> {
  const [results, warned] = await Promise.all([
    Promise.all(Object.entries(checks).map(async ([name, check]) => [name, outcomeOf(await settled(check, checkTimeoutMs))] as const)),
    settled(warnings, checkTimeoutMs),
  ]);
  const ready = results.every(([, { ok }]) => ok);
  return json(ready ? 200 : 503, {
    status: ready ? "ready" : "not ready",
    checks: Object.fromEntries(results),
    // Who cannot be asked for warnings is away, and that is what a check says.
    warnings: warned.kind === "answered" ? warned.answer : [],
    ...(connections === undefined ? {} : { connections: connections() }),
  });
}

async function noWarnings(): Promise<readonly string[]> {
  return [];
}

type Settled<Value> = { readonly kind: "answered"; readonly answer: Value } | { readonly kind: "failed"; readonly because: string };

function outcomeOf(check: Settled<unknown>): { readonly ok: true } | { readonly ok: false; readonly because: string } {
  return check.kind === "answered" ? { ok: true } : { ok: false, because: check.because };
}

async function settled<Value>(ask: () => Promise<Value>, timeoutMs: number): Promise<Settled<Value>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Settled<Value>>((resolve) => {
    timer = setTimeout(() => resolve({ kind: "failed", because: `no answer within ${timeoutMs} ms` }), timeoutMs);
  });
  const done = async (): Promise<Settled<Value>> => {
    try {
      return { kind: "answered", answer: await ask() };
    } catch (error) {
      return { kind: "failed", because: messageOf(error) };
    }
  };
  return Promise.race([done(), late]).finally(() => clearTimeout(timer));
}

/** A page of one JSON value. */
export function json(status: number, value: unknown): Page {
  return { status, body: `${JSON.stringify(value)}\n` };
}
