import type { AlertClass } from "../../domain/alert.ts";
import type { AlertThresholds } from "../../domain/alert-thresholds.ts";
import { formatBytes } from "../../domain/bytes.ts";
import { formatCount } from "../../domain/count.ts";
import { formatDuration } from "../../domain/duration.ts";
import { percent } from "../words.ts";
import type { Claim } from "./check-claim.ts";
import { COLLECTIONS, GROWTH_EVENTS, OBJECTS } from "./gauges.ts";
import {
  bytesPerHour,
  collectionsNow,
  glanceOfGauges,
  growthSeen,
  lastOfSeries,
  perSecond,
  residentNow,
  restartsSeen,
  usedNow,
} from "./measures.ts";
import type { Picture } from "./picture.ts";

/** A type of alert about pods: what is looked at first for it, and what it claims. All other steps follow. */
export type AlertType = {
  /** Of its runbook. */
  readonly id: string;
  readonly title: string;
  /** The class of alerts that begin with it. */
  readonly kind: AlertClass & keyof AlertThresholds;
  /** Ids of steps. */
  readonly first: readonly string[];
  /** Pure. */
  claim(picture: Picture, thresholds: AlertThresholds): Claim;
};

const NO_METRICS = "no endpoint with its own metrics is configured (kubernetes.apps), or it serves no";
const NO_PROMETHEUS = "and Prometheus (prometheus.url) is not configured or knows none";

/** Source: memory-leak-detection (types 1 to 5), high-memory (80% of the limit), the OOM analysis workflow (Container Restarts). */
export const ALERT_TYPES: readonly AlertType[] = [
  {
    id: "memory-growth",
    title: "Memory of pods that grows",
    kind: "memory_growth",
    first: ["k8s.prometheus", "k8s.history", "k8s.usage", "k8s.metrics", "k8s.logs", "k8s.rollout", "k8s.cgroup"],
    claim: growth,
  },
  {
    id: "memory-leak",
    title: "Growth events of pods, a leak maybe",
    kind: "memory_leak",
    first: ["k8s.prometheus", "k8s.history", "k8s.logs", "k8s.rollout", "k8s.metrics", "k8s.heap"],
    claim: growthEvents,
  },
  {
    id: "object-growth",
    title: "Objects of a program that grow in number",
    kind: "object_growth",
    first: ["k8s.metrics", "k8s.rollout", "k8s.logs", "k8s.heap", "k8s.prometheus"],
    claim: objectGrowth,
  },
  {
    id: "memory-high",
    title: "Much memory of pods in use",
    kind: "memory_high",
    first: ["k8s.usage", "k8s.events", "k8s.pods", "k8s.metrics", "k8s.heap", "k8s.logs", "k8s.surroundings", "k8s.rollout"],
    claim: highUse,
  },
  {
    id: "gc-pressure",
    title: "Garbage that pods collect all the time",
    kind: "gc_pressure",
    first: ["k8s.usage", "k8s.metrics", "k8s.prometheus", "k8s.environment", "k8s.history", "k8s.heap"],
    claim: collecting,
  },
  {
    id: "container-restarts",
    title: "Restarts of pods",
    kind: "container_restarts",
    first: ["k8s.pods", "k8s.events", "k8s.logs", "k8s.kernel", "k8s.node", "k8s.usage", "k8s.rollout", "k8s.health"],
    claim: restarts,
  },
];

function growth(
  picture: Picture,
  { memory_growth: { warningBytesPerHour: warning, criticalBytesPerHour: critical } }: AlertThresholds,
): Claim {
  const inWords = (bytes: number): string =>
    `${bytesPerHour(bytes)}${bytes > critical ? `, more than the ${bytesPerHour(critical)} that are critical` : ""}`;
  return {
    says: `memory grows by more than ${bytesPerHour(warning)}`,
    measures: [...growthSeen(picture, { warning, inWords }), ...lastOfSeries(picture, { what: "growth", over: warning, inWords })],
    otherwise:
      "growth within an hour is known to the watch (kubernetes.connections.<name>.watch) and to Prometheus (prometheus.url), and neither has enough of it",
  };
}

function growthEvents(picture: Picture, { memory_leak: { eventsPerHour: over } }: AlertThresholds): Claim {
  const inWords = (count: number): string => `${formatCount(count)} growth events within an hour`;
  return {
    says: `there are more than ${formatCount(over)} growth events an hour`,
    measures: [
      ...lastOfSeries(picture, { what: "growth-events", over, inWords }),
      ...glanceOfGauges(picture, { names: GROWTH_EVENTS, over }),
    ],
    otherwise: `${NO_METRICS} counter of growth events, ${NO_PROMETHEUS}`,
  };
}

function objectGrowth(picture: Picture, { object_growth: { objectsPerHour: over } }: AlertThresholds): Claim {
  const inWords = (count: number): string => `${formatCount(count)} new objects within an hour`;
  return {
    says: `there are more than ${formatCount(over)} new objects an hour`,
    measures: [...lastOfSeries(picture, { what: "object-growth", over, inWords }), ...glanceOfGauges(picture, { names: OBJECTS, over })],
    otherwise: `${NO_METRICS} gauge of objects, ${NO_PROMETHEUS}`,
  };
}

function highUse(picture: Picture, { memory_high: { warningBytes, criticalBytes: critical, share } }: AlertThresholds): Claim {
  const inWords = (bytes: number): string => formatBytes(Math.round(bytes));
  const now = usedNow(picture, { bytes: warningBytes, share, critical });
  const isBytes = Number.isFinite(warningBytes);
  const limits = [
    ...(isBytes ? [`more than ${formatBytes(warningBytes)}`] : []),
    ...(Number.isFinite(share) ? [`more than ${percent(share)} of the limit`] : []),
  ];
  return {
    says: `${limits.join(", or ")}${limits.length > 1 ? "," : ""} is in use`,
    // Of what others measured the limit is not known: they stand in only where the cluster tells nothing.
    measures:
      now.length > 0 || !isBytes
        ? now
        : [...lastOfSeries(picture, { what: "usage", over: warningBytes, inWords }), ...residentNow(picture, warningBytes)],
    otherwise: "neither the cluster's metrics nor Prometheus nor the program itself tell what it uses",
  };
}

function collecting(picture: Picture, { gc_pressure: { collectionsPerSecond: over } }: AlertThresholds): Claim {
  return {
    says: `garbage is collected more than ${formatCount(over)} times a second`,
    measures: [
      ...collectionsNow(picture, { names: COLLECTIONS, over }),
      ...lastOfSeries(picture, { what: "collections", over, inWords: perSecond }),
    ],
    otherwise: `${NO_METRICS} counter of collections, ${NO_PROMETHEUS}`,
  };
}

function restarts(picture: Picture, { container_restarts: { withinMs } }: AlertThresholds): Claim {
  return {
    says: `containers restarted (within ${formatDuration(withinMs)})`,
    measures: restartsSeen(picture, withinMs),
    otherwise: "no pod of it could be read",
  };
}
