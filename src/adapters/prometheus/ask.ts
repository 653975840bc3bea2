import { messageOf, OomphError, type ErrorCode } from "../../domain/errors.ts";
import { codeIn } from "../connection/exchange.ts";
import { Answer } from "./schema.ts";
import type { PrometheusSettings } from "./settings.ts";

// Targets of a large installation are some megabytes; what is larger is not asked by Oomph's questions.
const MAX_BYTES = 32 * 2 ** 20;

/** The `data` of an answer to one question. `parameters` are sent in the body, for expressions may be long. */
export async function ask(
  settings: PrometheusSettings,
  question: { readonly path: string; readonly parameters?: Readonly<Record<string, string>> },
  signal: AbortSignal,
): Promise<unknown> {
  const deadline = AbortSignal.timeout(settings.timeoutMs);
  try {
    const response = await send(settings, question, AbortSignal.any([signal, deadline]));
    return dataOf(settings, response.status, await bodyOf(response));
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof OomphError) throw error;
    const at = hostOf(settings);
    if (deadline.aborted)
      throw new OomphError(
        "timed-out",
        `Prometheus at ${at} did not answer within ${settings.timeoutMs} ms: it may be overloaded; try again.`,
        {
          retryable: true,
          cause: error,
        },
      );
    const why = codeIn(error) || messageOf(error);
    throw new OomphError(
      "unreachable",
      `Prometheus at ${at} cannot be reached (${why}): see that prometheus.url is right and that it runs.`,
      {
        retryable: true,
        cause: error,
      },
    );
  }
}

function send({ url, auth }: PrometheusSettings, { path, parameters }: Parameters<typeof ask>[1], signal: AbortSignal): Promise<Response> {
  const address = new URL(`api/v1/${path}`, url.endsWith("/") ? url : `${url}/`);
  const headers = {
    accept: "application/json",
    "user-agent": "oomph",
    ...(auth === undefined ? {} : { authorization: authorization(auth) }),
  };
  const body = parameters === undefined ? {} : { method: "POST", body: new URLSearchParams(parameters) };
  // A sign-in page lies behind a redirection, and credentials are not carried to another host.
  return fetch(address, { ...body, headers, signal, redirect: "manual" });
}

function authorization(auth: NonNullable<PrometheusSettings["auth"]>): string {
  if (auth.kind === "bearer") return `Bearer ${auth.token}`;
  return `Basic ${Buffer.from(`${auth.user}:${auth.password}`).toString("base64")}`;
}

async function bodyOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    total += chunk.length;
    if (total > MAX_BYTES)
      throw new OomphError("refused", `Prometheus' answer is larger than ${MAX_BYTES / 2 ** 20} MiB, which is not read.`);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function dataOf(settings: PrometheusSettings, status: number, text: string): unknown {
  const at = hostOf(settings);
  const refusal = REFUSALS[status];
  if (refusal !== undefined) throw new OomphError(refusal.code, `Prometheus at ${at} ${refusal.says} (${status}).`);
  const read = Answer.safeParse(parse(text));
  if (!read.success)
    throw new OomphError(
      "refused",
      `expected Prometheus at ${at}, got an answer with status ${status} that is not of its API: see that prometheus.url is right.`,
    );
  const { data, error = "no reason given" } = read.data;
  if (read.data.status === "error")
    throw new OomphError("refused", `Prometheus at ${at} did not answer the question: ${error.slice(0, 300)}`, {
      retryable: status >= 500,
    });
  return data;
}

const REFUSALS: Readonly<Partial<Record<number, { readonly code: ErrorCode; readonly says: string }>>> = {
  401: {
    code: "wrong-credentials",
    says: "does not take these credentials: see prometheus.user and prometheus.password, or prometheus.token",
  },
  403: { code: "no-rights", says: "does not let this user read" },
  502: { code: "unreachable", says: "is not there behind its proxy" },
  504: { code: "timed-out", says: "did not answer its proxy in time" },
};

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // a page of a proxy
  }
}

/** Without what may stand before the host: a password. */
function hostOf({ url }: PrometheusSettings): string {
  return URL.canParse(url) ? new URL(url).host : "its address";
}
