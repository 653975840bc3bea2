import { OomphError } from "../../domain/errors.ts";
import { refusalOf, strangeAnswer, type Failure } from "./refusals.ts";
import type { GithubSettings } from "./settings.ts";

/** What of a schema in schema.ts is needed here. */
type Schema<Value> = {
  safeParse(value: unknown): { readonly success: true; readonly data: Value } | { readonly success: false; readonly error: unknown };
};

export type Call = {
  /** `GET /repos/{owner}/{repo}/issues`; owner and repo are filled in. */
  readonly route: string;
  readonly params?: Readonly<Record<string, unknown>>;
  /** For a sentence: "open an issue". */
  readonly doing: string;
  readonly signal: AbortSignal;
};

/** GitHub's REST API of one repository. Each call throws OomphError (see `refusalOf`). */
export type GithubApi = {
  /** The answer, checked. */
  ask<Value>(call: Call, schema: Schema<Value>): Promise<Value>;
  /** The same; undefined: the answer was `status`. */
  askUnless<Value>(call: Call, status: number, schema: Schema<Value>): Promise<Value | undefined>;
};

const HEADERS = { accept: "application/vnd.github+json", "x-github-api-version": "2022-11-28", "user-agent": "oomph" };
// The SDK would write deprecations to the console.
const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

export function createApi({ token, repository, apiUrl, timeoutMs }: GithubSettings, nowMs: () => number): GithubApi {
  const [owner = "", repo = ""] = repository.split("/");
  const asking = once(async () => {
    const { request } = await import("@octokit/request");
    return request.defaults({
      baseUrl: apiUrl.replace(/\/+$/, ""),
      headers: { ...HEADERS, authorization: `Bearer ${token}` },
      owner,
      repo,
    });
  });

  async function send({ route, params, signal }: Call): Promise<unknown> {
    const request = await asking();
    const { data } = await request(route, {
      ...params,
      request: { signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]), log: SILENT },
    });
    return data;
  }

  async function askUnless<Value>(call: Call, status: number | undefined, schema: Schema<Value>): Promise<Value | undefined> {
    const doing = `${call.doing} (${repository})`;
    let data: unknown;
    try {
      data = await send(call);
    } catch (error) {
      const failure = failureOf(error);
      if (status !== undefined && failure.status === status) return undefined;
      throw refusalOf(doing, failure, nowMs());
    }
    const read = schema.safeParse(data);
    if (!read.success) throw strangeAnswer(doing, read.error);
    return read.data;
  }

  return {
    askUnless,
    async ask(call, schema) {
      const value = await askUnless(call, undefined, schema);
      if (value === undefined) throw new OomphError("internal", `no answer to ${call.route}`);
      return value;
    },
  };
}

/** The SDK gives everything without an answer the status 500: only `response` tells. */
function failureOf(error: unknown): Failure {
  const timedOut = isTimeout(error) || (error instanceof Error && isTimeout(error.cause));
  if (!(error instanceof Error) || !("response" in error)) return { cause: error, timedOut };
  const { response } = error;
  if (typeof response !== "object" || response === null || !("status" in response) || typeof response.status !== "number")
    return { cause: error, timedOut };
  const headers = "headers" in response && typeof response.headers === "object" && response.headers !== null ? { ...response.headers } : {};
  return { status: response.status, headers, data: "data" in response ? response.data : undefined, cause: error, timedOut };
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && (error.name === "TimeoutError" || error.name === "AbortError");
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => (made ??= make());
}
