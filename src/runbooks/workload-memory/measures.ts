import { formatBytes } from "../../domain/bytes.ts";
import { counted } from "../../domain/count.ts";
import { formatDuration } from "../../domain/duration.ts";
import type { PodContainer } from "../../domain/workload.ts";
import { percent } from "../words.ts";
import type { Measure } from "./check-claim.ts";
import { gaugesIn, moveInWords, perHour, type GaugeMove } from "./gauge-moves.ts";
import type { Picture } from "./picture.ts";
import type { Prometheus } from "./schema.ts";

// What was measured of what alerts claim, by source: of the pod that is asked about, else of the one of which it is most.

type OfGrowth = { readonly warning: number; inWords(bytes: number): string };

/** Growth as the watch saw it over hours. Pure. */
export function growthSeen(picture: Picture, { warning, inWords }: OfGrowth): readonly Measure[] {
  const { history } = picture;
  const slopes = (history?.value.series ?? []).flatMap(({ pod, container, readings: { trend } }) =>
    trend === undefined || trend.kind === "undetermined" ? [] : [{ pod, container, amount: trend.bytesPerHour, overMs: trend.overMs }],
  );
  const most = mostOf(picture, slopes);
  if (history === undefined || most === undefined) return [];
  const { pod, container, amount, overMs } = most;
  const says = `${inWords(amount)} over ${formatDuration(overMs)} (the watch, ${container} of ${pod})`;
  return [{ evidenceId: history.evidenceId, says, overThreshold: amount > warning }];
}

type Question = Prometheus["series"][number]["what"];
type OfSeries = { readonly what: Question; readonly over: number; inWords(amount: number): string };

/** The newest value of a series of Prometheus', and the highest where that was another. Pure. */
export function lastOfSeries(picture: Picture, { what, over, inWords }: OfSeries): readonly Measure[] {
  const { prometheus } = picture;
  const series = (prometheus?.value.series ?? [])
    .filter((one) => one.what === what)
    .map(({ labels, last, highest, fromMs, toMs }) => ({ pod: podIn(labels), amount: last, highest, overMs: toMs - fromMs }));
  const most = mostOf(picture, series);
  if (prometheus === undefined || most === undefined) return [];
  const { pod, amount, highest, overMs } = most;
  const isOver = amount > over;
  const before = !isOver && highest > over ? `, ${inWords(highest)} at the highest within ${formatDuration(overMs)}` : "";
  return [
    { evidenceId: prometheus.evidenceId, says: `${inWords(amount)}${before} (Prometheus${pod && `, ${pod}`})`, overThreshold: isOver },
  ];
}

type OfGauges = { readonly names: RegExp; readonly over: number };

/** What grew most within two reads, carried to an hour. Pure. */
export function glanceOfGauges(picture: Picture, { names, over }: OfGauges): readonly Measure[] {
  const moved = gaugesIn(picture).flatMap((gauge) => {
    const amount = names.test(gauge.name) ? perHour(gauge) : undefined;
    return amount === undefined ? [] : [{ ...gauge, amount }];
  });
  const most = mostOf(picture, moved);
  if (picture.metrics === undefined || most === undefined) return [];
  const says = `${moveInWords(most)} (its own gauges, ${most.pod})`;
  return [{ evidenceId: picture.metrics.evidenceId, says, overThreshold: most.amount > over, glance: true }];
}

/** Collections a second between two reads, of all generations together. Pure. */
export function collectionsNow(picture: Picture, { names, over }: OfGauges): readonly Measure[] {
  const perPod = new Map<string, GaugeMove[]>();
  for (const gauge of gaugesIn(picture)) {
    if (names.test(gauge.name) && gauge.overMs > 0) perPod.set(gauge.pod, [...(perPod.get(gauge.pod) ?? []), gauge]);
  }
  const rates = [...perPod].map(([pod, gauges]) => ({
    pod,
    overMs: gauges[0]?.overMs ?? 0,
    amount: gauges.reduce((sum, gauge) => sum + (perHour(gauge) ?? 0) / 3_600, 0),
  }));
  const most = mostOf(picture, rates);
  if (picture.metrics === undefined || most === undefined) return [];
  const says = `${perSecond(most.amount)} over ${formatDuration(most.overMs)} (its own counters, ${most.pod})`;
  return [{ evidenceId: picture.metrics.evidenceId, says, overThreshold: most.amount > over }];
}

/** What containers use now, against an amount and a share of their limits. Pure. */
export function usedNow(
  picture: Picture,
  over: { readonly bytes: number; readonly share: number; readonly critical: number },
): readonly Measure[] {
  const { usage, pods } = picture;
  const used = (usage?.value.containers ?? []).map(({ pod, container, workingSetBytes: bytes }) => {
    const facts = pods?.value.pods.find(({ name }) => name === pod);
    const limitBytes = facts?.containers.find(({ name }) => name === container)?.limitBytes ?? facts?.podLimitBytes;
    const share = limitBytes === undefined || limitBytes === 0 ? undefined : bytes / limitBytes;
    // How near it is to what would bear the claim out: by the one or by the other.
    return { pod, container, bytes, limitBytes, share, amount: Math.max(bytes / over.bytes, (share ?? 0) / over.share) };
  });
  const most = mostOf(picture, used);
  if (usage === undefined || most === undefined) return [];
  const { pod, container, bytes, limitBytes, share, amount } = most;
  const of =
    limitBytes === undefined || share === undefined
      ? ", without a limit"
      : ` (${percent(share)} of its limit of ${formatBytes(limitBytes)})`;
  const critical = bytes > over.critical ? `, more than the ${formatBytes(over.critical)} that are critical` : "";
  return [
    { evidenceId: usage.evidenceId, says: `${container} of ${pod} uses ${formatBytes(bytes)}${of}${critical}`, overThreshold: amount > 1 },
  ];
}

/** What the program says that it takes itself. Pure. */
export function residentNow(picture: Picture, overBytes: number): readonly Measure[] {
  const own = gaugesIn(picture).flatMap((gauge) =>
    /^(?:process_resident_memory_bytes|django_memory_(?:usage|rss)_bytes)$/.test(gauge.name) ? [{ ...gauge, amount: gauge.last }] : [],
  );
  const most = mostOf(picture, own);
  if (picture.metrics === undefined || most === undefined) return [];
  const says = `${formatBytes(Math.round(most.amount))} (its own gauge ${most.name}, ${most.pod})`;
  return [{ evidenceId: picture.metrics.evidenceId, says, overThreshold: most.amount > overBytes }];
}

/** Restarts of containers, and how long ago the newest was. Pure. */
export function restartsSeen(picture: Picture, withinMs: number): readonly Measure[] {
  const { pods } = picture;
  if (pods === undefined || pods.value.pods.length === 0) return [];
  const { atMs, pods: found, pod: asked } = pods.value;
  const looked = found.some(({ name }) => name === asked) ? found.filter(({ name }) => name === asked) : found;
  const restarted = looked
    .flatMap((pod) => pod.containers.map((container) => ({ pod: pod.name, container, endedAtMs: endedAt(container) })))
    .filter(({ container }) => container.restarts > 0)
    .toSorted((left, right) => (right.endedAtMs ?? 0) - (left.endedAtMs ?? 0) || right.container.restarts - left.container.restarts);
  const [newest] = restarted;
  const { evidenceId } = pods;
  if (newest === undefined) {
    return [
      { evidenceId, says: `no container of ${looked.length === 1 ? looked[0]?.name : "its pods"} has restarted`, overThreshold: false },
    ];
  }
  const { container, endedAtMs, pod } = newest;
  const ago = endedAtMs === undefined ? undefined : Math.max(0, atMs - endedAtMs);
  const last = ago === undefined ? "" : `, the last time ${formatDuration(ago)} ago`;
  const others = restarted.length > 1 ? `, and ${counted(restarted.length - 1, "other container")} too` : "";
  return [
    {
      evidenceId,
      says: `${container.name} of ${pod} has restarted ${counted(container.restarts, "time")}${last}${others}`,
      overThreshold: ago === undefined || ago <= withinMs,
    },
  ];
}

/** `23.1 MiB an hour`. Pure. */
export function bytesPerHour(bytes: number): string {
  return `${formatBytes(Math.round(bytes))} an hour`;
}

/** `12.3 collections a second`. Pure. */
export function perSecond(rate: number): string {
  return `${rate.toFixed(1)} collections a second`;
}

/** Of the pod that was asked about, where anything is known of it. */
function mostOf<One extends { readonly pod: string; readonly amount: number }>({ pods }: Picture, all: readonly One[]): One | undefined {
  const own = all.filter(({ pod }) => pod === pods?.value.pod);
  return (own.length > 0 ? own : all).toSorted((left, right) => right.amount - left.amount)[0];
}

function podIn(labels: Readonly<Record<string, string>>): string {
  return labels["pod"] ?? labels["kubernetes_pod_name"] ?? "";
}

/** The newest end of it that its status still tells. */
function endedAt({ state, lastState }: PodContainer): number | undefined {
  const ends = [state, lastState].flatMap((one) =>
    one?.kind === "terminated" && one.finishedAtMs !== undefined ? [one.finishedAtMs] : [],
  );
  return ends.length === 0 ? undefined : Math.max(...ends);
}
