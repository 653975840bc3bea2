import { request as httpRequest } from "node:http";
import { codeOf, OomphError } from "../../../domain/errors.ts";
import { given } from "../../../domain/given.ts";
import type { PodPlace, PodRequest, PodResponse } from "../../../ports/clusters.ts";
import { exchange, LATE, codeIn } from "../../connection/exchange.ts";
import { readUpTo } from "../../connection/read-body.ts";
import { quoted } from "../asked.ts";
import { assertAllowed } from "../namespaces.ts";
import type { Asking } from "../objects.ts";
import { openPodStream } from "./pod-stream.ts";

/**
 * GET of an HTTP endpoint of a pod. The API server is asked to fetch it; through a port-forward goes what it may not or
 * cannot fetch (an app that listens on its loopback alone), and what needs a password: an API server takes the
 * Authorization header for itself and passes none on.
 */
export async function httpGet(asking: Asking, where: PodPlace, request: PodRequest): Promise<PodResponse> {
  assertAllowed(asking.client.settings, where.namespace);
  if (request.basicAuth !== undefined) return getByForward(asking, where, request);
  try {
    return await getByProxy(asking, where, request);
  } catch (error) {
    if (!["no-rights", "unreachable"].includes(codeOf(error))) throw error;
    return getByForward(asking, where, request).catch((second: unknown) => {
      throw codeOf(second) === "no-rights" ? error : second;
    });
  }
}

async function getByProxy({ client }: Asking, { namespace, pod }: PodPlace, request: PodRequest): Promise<PodResponse> {
  const { port, path, timeoutMs, maxBytes } = request;
  const answer = await client.raw({ call: "podProxy", namespace, name: `${pod}:${port}`, path, timeoutMs }, maxBytes);
  return { ...answer, by: "proxy" };
}

async function getByForward(asking: Asking, where: PodPlace, request: PodRequest): Promise<PodResponse> {
  const { port, path, basicAuth, timeoutMs, maxBytes } = request;
  const deadline = AbortSignal.timeout(timeoutMs);
  const opened = openPodStream(asking, { ...where, port, signal: deadline });
  const stream = await opened.catch((error: unknown) => {
    throw deadline.aborted ? late(where, request) : error;
  });
  const auth = basicAuth === undefined ? undefined : `${basicAuth.user}:${basicAuth.password}`;
  const options = { path, createConnection: () => stream, headers: { Host: "localhost", Accept: "*/*" }, ...given({ auth }) };
  try {
    const work = {
      begin: (signal: AbortSignal) => httpRequest({ ...options, signal }).end(),
      mayRepeat: false,
      connectTimeoutMs: timeoutMs,
      answerTimeoutMs: timeoutMs,
      signal: deadline,
    };
    return await exchange(work, async (answer) => {
      const { bytes: body, truncated } = await readUpTo(answer, maxBytes);
      const { statusCode: status = 0, headers } = answer;
      return { status, contentType: headers["content-type"] ?? "", body, truncated, by: "port-forward" };
    });
  } catch (error) {
    if (error instanceof OomphError) throw error;
    throw deadline.aborted || codeIn(error) === LATE.answer ? late(where, request) : broken(where, request, error);
  } finally {
    stream.destroy();
  }
}

function late({ pod }: PodPlace, { port, timeoutMs }: PodRequest): OomphError {
  const says = `Port ${port} of pod ${quoted(pod)} did not answer within ${timeoutMs} ms. It may be busy or hang.`;
  return new OomphError("timed-out", says, { retryable: true });
}

function broken({ pod }: PodPlace, { port }: PodRequest, cause: unknown): OomphError {
  const code = codeIn(cause);
  const why = code.startsWith("HPE_") ? "it does not speak HTTP" : `the connection ended${code === "" ? "" : ` (${code})`}`;
  return new OomphError("unreachable", `Port ${port} of pod ${quoted(pod)} did not answer: ${why}.`, { retryable: true, cause });
}
