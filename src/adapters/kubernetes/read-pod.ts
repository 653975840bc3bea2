import { given } from "../../domain/given.ts";
import type { PodFacts } from "../../domain/workload.ts";
import { parseBytesQuantity } from "../../domain/quantity.ts";
import { readContainers } from "./read-container.ts";
import { controllerOf, readConditions, timeOf } from "./read-metadata.ts";
import { Pod, type Metadata } from "./schema.ts";

const USUAL_PATH = "/metrics";
const MOST_PATH = 500;

/**
 * A pod as the API gives it (`kubectl get pod -o json`), or as much of one as there is: what is missing is absent, a
 * missing name or uid empty, a missing phase `Unknown`. Something that is no object at all reads as a pod without anything.
 */
export function readPod(value: unknown): PodFacts {
  const read = Pod.safeParse(value);
  const { metadata, spec, status }: Pod = read.success ? read.data : { metadata: undefined, spec: undefined, status: undefined };
  return {
    uid: metadata?.uid ?? "",
    namespace: metadata?.namespace ?? "",
    name: metadata?.name ?? "",
    labels: metadata?.labels ?? {},
    phase: status?.phase ?? "Unknown",
    conditions: readConditions(status?.conditions),
    containers: readContainers(spec, status),
    ...given({
      controller: controllerOf(metadata),
      node: spec?.nodeName === "" ? undefined : spec?.nodeName,
      reason: status?.reason,
      message: status?.message,
      createdAtMs: timeOf(metadata?.creationTimestamp),
      startedAtMs: timeOf(status?.startTime),
      deletedAtMs: deletedAt(metadata),
      qosClass: status?.qosClass,
      scrape: scrapeOf(metadata, spec),
      podRequestBytes: parseBytesQuantity(spec?.resources?.requests?.memory),
      podLimitBytes: parseBytesQuantity(spec?.resources?.limits?.memory),
    }),
  };
}

/** `deletionTimestamp` is when the grace period will be over; it began that much earlier. */
function deletedAt(metadata: Metadata | undefined): number | undefined {
  const overAtMs = timeOf(metadata?.deletionTimestamp);
  return overAtMs === undefined ? undefined : overAtMs - (metadata?.deletionGracePeriodSeconds ?? 0) * 1000;
}

/** By the annotations that Prometheus' own examples go by. Without a port there it is the first that a container names. */
function scrapeOf(metadata: Metadata | undefined, spec: Pod["spec"]): PodFacts["scrape"] {
  const {
    "prometheus.io/scrape": scrape,
    "prometheus.io/port": named,
    "prometheus.io/path": path = USUAL_PATH,
  } = metadata?.annotations ?? {};
  if (scrape !== "true") return undefined;
  const port = named === undefined ? readContainers(spec)[0]?.ports[0]?.port : Number(named);
  if (port === undefined || !Number.isInteger(port) || port < 1 || port > 65_535) return undefined;
  return { port, path: pathIn(path) };
}

/** Whoever labels pods writes it: it leads to no other host and to nothing above the pod, whatever stands in front of the API server. */
function pathIn(text: string): string {
  const path = `/${text}`.replace(/^[/\\]+/, "/").slice(0, MOST_PATH);
  const { pathname, search } = new URL(`http://pod${path}`);
  return pathname.includes("..") ? USUAL_PATH : `${pathname}${search}`; // its slashes encoded
}
