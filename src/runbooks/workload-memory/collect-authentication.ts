import { readExposition } from "../../domain/exposition/read-exposition.ts";
import type { Json } from "../../domain/json.ts";
import { fitsPattern } from "../../domain/name-pattern.ts";
import type { PodRequest, PodResponse } from "../../ports/clusters.ts";
import { nothingRuns, runningPods } from "./collect-health.ts";
import { signIn } from "./collect-metrics.ts";
import type { WorkloadSession } from "./session.ts";

const TIMEOUT_MS = 4_000;
const MAX_BODY_BYTES = 4 * 2 ** 20;

type Check = { readonly what: string; readonly expected: string; readonly got: string; readonly holds: boolean };

/** Whether the metrics endpoint lets in whom it should, and nobody else; whether its credentials are there, and what it exports. */
export async function collectAuthentication(session: WorkloadSession): Promise<Json> {
  const { app, cluster, name } = session;
  const { metrics } = app ?? {};
  if (metrics?.basicAuth === undefined) return { kind: "not-configured" };
  const [pod] = await runningPods(session, 1);
  if (pod === undefined) throw nothingRuns();
  const basicAuth = await signIn(session);
  const { port, path, gauges, basicAuth: named } = metrics;
  const request: PodRequest = { port, path, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BODY_BYTES };
  const place = { namespace: name.namespace, pod: pod.name };
  const within = await cluster.httpGet(place, { ...request, ...(basicAuth === undefined ? {} : { basicAuth }) });
  const without = await cluster.httpGet(place, request);
  const wrong = await cluster.httpGet(place, { ...request, basicAuth: { user: "oomph", password: "not-the-password" } });
  return {
    checks: [
      present(named.secret, basicAuth),
      statusCheck("With the credentials", 200, within.status),
      statusCheck("Without credentials", 401, without.status),
      statusCheck("With wrong credentials", 401, wrong.status),
      ...(gauges.length === 0 || within.status !== 200 ? [] : [exported(gauges, within)]),
    ],
  };
}

function present(secret: string, basicAuth: PodRequest["basicAuth"]): Check {
  const holds = basicAuth !== undefined && basicAuth.user !== "" && basicAuth.password !== "";
  return {
    what: `Credentials in Secret ${secret}`,
    expected: "user and password",
    got: holds ? "both are set (***)" : "one of them is empty",
    holds,
  };
}

function statusCheck(what: string, expected: number, got: number): Check {
  return { what, expected: String(expected), got: `${got}${UNCONFIGURED[got] ?? ""}`, holds: got === expected };
}

// What middleware of this kind answers when its own user and password were never set.
const UNCONFIGURED: Readonly<Record<number, string>> = { 500: " (as apps answer whose own credentials are not set)" };

/** The middleware that counts is loaded: what it counts is in the answer. */
function exported(gauges: readonly string[], { body }: PodResponse): Check {
  const found = new Set<string>();
  readExposition(body, {
    wants(name) {
      for (const pattern of gauges) if (fitsPattern(pattern, name)) found.add(pattern);
      return false;
    },
    most: 0,
  });
  const missing = gauges.filter((pattern) => !found.has(pattern));
  return {
    what: "The middleware that counts is loaded",
    expected: `its metrics: ${gauges.slice(0, 8).join(", ")}`,
    got: missing.length === 0 ? "all are exported" : `not exported: ${missing.slice(0, 8).join(", ")}`,
    holds: missing.length === 0,
  };
}
