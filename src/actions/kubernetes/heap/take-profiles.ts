import { formatBytes } from "../../../domain/bytes.ts";
import { OomphError } from "../../../domain/errors.ts";
import type { PodResponse } from "../../../ports/clusters.ts";
import type { RunHandle } from "../../action.ts";
import type { HeapProfileDeps, ProfiledCluster } from "./deps.ts";
import type { HeapProfileScope } from "./schema.ts";

/** One answer of an endpoint, as it came. */
export type Capture = { readonly atMs: number; readonly body: Uint8Array };

export type Taking = {
  readonly deps: HeapProfileDeps;
  readonly cluster: ProfiledCluster;
  readonly scope: HeapProfileScope;
  readonly run: Pick<RunHandle, "signal" | "saveCheckpoint">;
};

// Go writes some 100 KiB for a small program and 2 MiB for a very large one.
const MOST_BYTES = 8 * 2 ** 20;
const TIMEOUT_MS = 60_000;

/** Asks twice with a pause. Throws OomphError `timed-out`, `unreachable`, `refused` and `bad-input` with what came instead. */
export async function captureTwice<Value>(taking: Taking, take: () => Promise<Value>): Promise<readonly [Value, Value]> {
  const { deps, scope, run } = taking;
  const first = await take();
  await run.saveCheckpoint({ kind: "waiting" }, `first look taken, the second follows after ${scope.seconds} s`);
  await deps.clock.sleep(scope.seconds * 1000, run.signal);
  return [first, await take()];
}

/** One answer of the endpoint, whole. */
export async function captureEndpoint({ deps, cluster, scope }: Taking, path: string, port: number): Promise<Capture> {
  const { namespace, pod, gc } = scope;
  const asked = gc ? `${path}${path.includes("?") ? "&" : "?"}gc=1` : path;
  const answer = await cluster.httpGet({ namespace, pod }, { port, path: asked, timeoutMs: TIMEOUT_MS, maxBytes: MOST_BYTES });
  assertUsable(answer, `:${port}${asked} of ${pod}`);
  return { atMs: deps.clock.nowMs(), body: answer.body };
}

function assertUsable({ status, contentType, body, truncated }: PodResponse, where: string): void {
  const beginning = Buffer.from(body.subarray(0, 200)).toString("utf8").trim();
  if (status === 401 || status === 403)
    throw new OomphError("refused", `${where} wants a password or refuses (HTTP ${status}): no profile was taken.`);
  if (status >= 300)
    throw new OomphError(
      "refused",
      `expected a heap profile from ${where}, got HTTP ${status}${status < 400 ? ", which leads elsewhere" : ""}.`,
    );
  if (/^text\/html\b/i.test(contentType) || /^<(?:!doctype|html)/i.test(beginning))
    throw new OomphError(
      "bad-input",
      `expected a heap profile from ${where}, got a web page (a login page?): is this the right port and path?`,
    );
  if (truncated)
    throw new OomphError(
      "bad-input",
      `expected a heap profile of at most ${formatBytes(MOST_BYTES)} from ${where}, got more: it was not read to its end.`,
    );
  if (body.length === 0) throw new OomphError("bad-input", `expected a heap profile from ${where}, got nothing.`);
}
