import type { HttpCheck, HttpReading } from "../../ports/http-check.ts";

// More is a loop.
const MOST_REDIRECTS = 5;

/** One GET with the fetch of Node. Redirects are followed on the same host only; the body is not read. */
export async function httpCheck(url: string, timeoutMs: number): ReturnType<HttpCheck> {
  const beganAtMs = performance.now();
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const answer = await get(new URL(url), signal);
    return answer.kind === "answered" ? { ...answer, tookMs: Math.round(performance.now() - beganAtMs) } : answer;
  } catch (error) {
    return { kind: "no-answer", because: signal.aborted ? `nothing within ${timeoutMs} ms` : reason(error) };
  }
}

type Answer = { readonly kind: "answered"; readonly status: number } | Extract<HttpReading, { kind: "no-answer" }>;

async function get(start: URL, signal: AbortSignal): Promise<Answer> {
  let at = start;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
    const response = await fetch(at.href, { redirect: "manual", signal, headers: { accept: "*/*", "user-agent": "oomph-health-check" } });
    await response.body?.cancel();
    const next = redirectOf(response, at);
    if (next === undefined) return { kind: "answered", status: response.status };
    if (next.hostname !== start.hostname)
      return { kind: "no-answer", because: `it redirects to another host (${next.host}), where a health check does not go` };
    at = next;
  }
  return { kind: "no-answer", because: `it redirects more than ${MOST_REDIRECTS} times` };
}

function redirectOf(response: Response, at: URL): URL | undefined {
  const location = response.headers.get("location");
  if (response.status < 300 || response.status > 399 || location === null) return undefined;
  return URL.canParse(location, at.href) ? new URL(location, at.href) : undefined;
}

/** `ECONNREFUSED`, with the host by the caller; the words of fetch itself ("fetch failed") say nothing. */
function reason(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (!(cause instanceof Error)) return String(cause);
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : undefined;
  return REASONS[code ?? ""] ?? code ?? cause.message;
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused: nothing listens there",
  ECONNRESET: "the connection was closed in the middle",
  UND_ERR_SOCKET: "the connection was closed in the middle",
  ENOTFOUND: "the host name is not known",
  EAI_AGAIN: "the host name could not be looked up",
  EHOSTUNREACH: "no way to the host",
};
