import { OomphError } from "../../../domain/errors.ts";
import { given } from "../../../domain/given.ts";
import { createLineCutter } from "../inside/cut-lines.ts";
import { explainRefusal, readRefusal } from "../refusals.ts";
import { versionOf } from "../read-metadata.ts";
import { WatchLine } from "../schema.ts";
import type { Follow, Followed, Follower } from "./follow.ts";

export type WatchFrom = {
  readonly version: string;
  /** Something has come: the version to go on from. */
  readonly onProgress: (version: string) => void;
  readonly changed: Follower["changed"];
};

// The server ends a watch then. Short, so that a connection that died in silence is missed no longer.
const WATCH_S = 180;
const MARGIN_MS = 15_000;
// An object has at most 1.5 MiB in etcd; as JSON with its managed fields it may have more.
const MAX_LINE_BYTES = 8 * 2 ** 20;

/** One watch, from a version on; resolves when the server ends it. Throws OomphError, `Expired` where the version is too old. */
export async function watchOnce(
  { client, log, signal }: Follow,
  { watch, namespace, fieldSelector }: Followed,
  from: WatchFrom,
): Promise<void> {
  const seconds = WATCH_S + Math.floor(Math.random() * 60); // not all at the same moment
  const abort = new AbortController();
  const onAbort = (): void => abort.abort(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  const timer = setTimeout(() => abort.abort(silent(client.settings.name)), seconds * 1000 + MARGIN_MS);
  const query = {
    watch: "1",
    resourceVersion: from.version,
    allowWatchBookmarks: "true",
    timeoutSeconds: String(seconds),
    ...given({ fieldSelector }),
  };
  try {
    const request = { call: watch, query, signal: abort.signal, timeoutMs: Number.POSITIVE_INFINITY, ...given({ namespace }) };
    const { name: cluster } = client.settings;
    const cutter = createLineCutter(MAX_LINE_BYTES, ({ bytes, isCut }) => {
      if (isCut) log.warn({ connection: cluster, watch, maxBytes: MAX_LINE_BYTES }, "a change that was too large was left out");
      else takeLine(bytes.toString("utf8"), cluster, from);
    });
    await client.stream(request, cutter.take); // half a line at the end is none
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}

function takeLine(line: string, cluster: string, from: WatchFrom): void {
  if (line.trim() === "") return;
  const read = WatchLine.safeParse(parse(line));
  if (!read.success) throw new OomphError("refused", `Cluster ${cluster} sent something else than a line of a watch.`, { retryable: true });
  const { type, object } = read.data;
  if (type === "ERROR") {
    const refusal = readRefusal(codeIn(object), JSON.stringify(object), undefined);
    throw explainRefusal(refusal, { cluster: `Cluster ${cluster}`, path: "a watch" });
  }
  if (type !== "BOOKMARK") from.changed(type, object);
  const version = versionOf(object);
  if (version !== undefined) from.onProgress(version);
}

/** 410 where the version is too old. */
function codeIn(status: unknown): number {
  return typeof status === "object" && status !== null && "code" in status && typeof status.code === "number" ? status.code : 500;
}

function silent(cluster: string): OomphError {
  return new OomphError("unreachable", `Cluster ${cluster} did not end a watch when it should have: the connection may be dead.`, {
    retryable: true,
  });
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined; // told as no line of a watch
  }
}
