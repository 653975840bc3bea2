import { given } from "../../../domain/given.ts";
import type { ContainerUsage } from "../../../domain/workload.ts";
import type { Asking } from "../objects.ts";
import { createLineCutter } from "./cut-lines.ts";
import { eachPod } from "./each-pod.ts";
import { PlacedPod } from "./schema.ts";

type Place = Pick<ContainerUsage, "namespace" | "pod" | "container">;
type Reading = { readonly workingSetBytes?: number; readonly atMs?: number; readonly rssBytes?: number; readonly startedAtMs?: number };

// A line holds a name, its labels, a number and a time. Source: the kubelet's /metrics/cadvisor.
const LINE = /^container_(memory_working_set_bytes|memory_rss|start_time_seconds)\{(.*)\} (\S+)(?: (\d+))?$/;
/** `/kubepods/besteffort/pod<uid>/<id>`, `.../cri-containerd-<id>.scope` */
const CONTAINER_ID = /([0-9a-f]{64})(?:\.scope)?$/;
const MAX_LINE_BYTES = 16_384;

/** Memory of the containers on a node, by the cgroups that its kubelet measures; which is whose, the pods' own ids tell. */
export async function usageFromCgroups(asking: Asking, node: string, signal: AbortSignal): Promise<readonly ContainerUsage[]> {
  const places = await placesOn(asking, node, signal);
  const readings = places.size === 0 ? new Map<string, Reading>() : await readCgroups(asking, node, signal);
  return [...places].flatMap(([id, place]) => {
    const { atMs, workingSetBytes, rssBytes, startedAtMs } = readings.get(id) ?? {};
    if (workingSetBytes === undefined || atMs === undefined) return [];
    return [{ ...place, atMs, workingSetBytes, ...given({ rssBytes, startedAtMs }) }];
  });
}

/** By container id: a stream of megabytes, of which the readings alone are kept. */
async function readCgroups({ client }: Asking, node: string, signal: AbortSignal): Promise<ReadonlyMap<string, Reading>> {
  const readings = new Map<string, Reading>();
  const cutter = createLineCutter(MAX_LINE_BYTES, ({ bytes }) => {
    const line = bytes.toString("utf8");
    const [, metric, labels = "", value, time] = LINE.exec(line) ?? [];
    const id = metric === undefined ? undefined : CONTAINER_ID.exec(labelOf("id", labels))?.[1];
    if (id !== undefined) readings.set(id, { ...readings.get(id), ...readingOf(metric, Number(value), Number(time)) });
  });
  await client.stream({ call: "nodeProxy", name: node, path: "/metrics/cadvisor", accept: "text/plain", signal }, cutter.take);
  cutter.end();
  return readings;
}

function readingOf(metric: string | undefined, value: number, timeMs: number): Reading {
  if (metric === "memory_working_set_bytes") return { workingSetBytes: value, atMs: Number.isNaN(timeMs) ? Date.now() : timeMs };
  return metric === "memory_rss" ? { rssBytes: value } : { startedAtMs: value * 1000 };
}

function labelOf(name: string, labels: string): string {
  return new RegExp(`(?:^|,)${name}="((?:[^"\\\\]|\\\\.)*)"`).exec(labels)?.[1] ?? "";
}

async function placesOn(asking: Asking, node: string, signal: AbortSignal): Promise<ReadonlyMap<string, Place>> {
  const places = new Map<string, Place>();
  for await (const pod of eachPod(asking, { node, signal })) {
    for (const [id, place] of containersOf(pod)) places.set(id, place);
  }
  return places;
}

function containersOf(item: unknown): readonly (readonly [string, Place])[] {
  const read = PlacedPod.safeParse(item);
  if (!read.success) return [];
  const { metadata, status } = read.data;
  const { namespace, name: pod } = metadata;
  const all = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])];
  return all.map(({ name: container, containerID }) => [containerID.replace(/^.*\/\//, ""), { namespace, pod, container }]);
}
