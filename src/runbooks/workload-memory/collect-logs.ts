import { codeOf, messageOf } from "../../domain/errors.ts";
import type { Json } from "../../domain/json.ts";
import type { PodContainer } from "../../domain/workload.ts";
import type { PodLogLimits } from "../../ports/clusters.ts";
import type { UserPattern } from "../logs/log-patterns.ts";
import { scanInPieces } from "../logs/scan-in-pieces.ts";
import { someAtOnce } from "../some-at-once.ts";
import type { PodsFound, WorkloadSession } from "./session.ts";
import { hasEnded } from "./trouble.ts";

export type LogDeps = { readonly limits: Pick<PodLogLimits, "lines" | "maxBytes">; readonly patterns: readonly UserPattern[] };

const MOST_LOGS = 50;
const AT_ONCE = 8;

type Place = { readonly pod: string; readonly container: string; readonly previous: boolean };

/** Known error texts at the end of logs: of the pod that stands first whole, of the others of what ended. Throws when none could be read. */
export async function collectLogs({ cluster, name, pods }: WorkloadSession, { limits, patterns }: LogDeps): Promise<Json> {
  const places = placesIn(await pods());
  const read = await someAtOnce(places, AT_ONCE, async (place) => {
    const { pod, container, previous } = place;
    const tail = await cluster.logTail({ namespace: name.namespace, pod, container }, { ...limits, previous });
    return { ...place, log: await scanInPieces(tail, patterns) };
  });
  const logs = read.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const missing = places.flatMap((place, at) => {
    const one = read[at];
    return one?.status === "rejected" ? [{ ...place, because: messageOf(one.reason) }] : [];
  });
  const refused = read.find(
    (one) => one.status === "rejected" && codeOf(one.reason) !== "not-found" && codeOf(one.reason) !== "not-running",
  );
  if (logs.length === 0 && refused?.status === "rejected") throw refused.reason;
  return { logs, missing };
}

/** The life before stands first: a kill is told of there. Pure. */
export function placesIn({ pods }: PodsFound): readonly Place[] {
  const all = pods.flatMap((pod, at) =>
    pod.containers
      .filter((container) => (at === 0 ? hasBegun(container) : isTelling(container)))
      .flatMap((container): Place[] => {
        const place = { pod: pod.name, container: container.name };
        const before: Place[] = container.lastState?.kind === "terminated" ? [{ ...place, previous: true }] : [];
        const now: Place[] = at === 0 || before.length === 0 ? [{ ...place, previous: false }] : [];
        return [...before, ...now];
      }),
  );
  return all.slice(0, MOST_LOGS);
}

function hasBegun({ state, lastState }: PodContainer): boolean {
  return lastState !== undefined || state?.kind === "running" || state?.kind === "terminated";
}

/** Of the others: what ended, and what runs as the main thing. */
function isTelling(container: PodContainer): boolean {
  return hasEnded(container) || (container.role === "main" && container.state?.kind === "running");
}
