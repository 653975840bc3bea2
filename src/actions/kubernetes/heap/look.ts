import { compareHistograms } from "../../../domain/heap/object-histogram.ts";
import { given } from "../../../domain/given.ts";
import type { WorkloadTarget } from "../../../domain/target.ts";
import type { HeapReport } from "../../../ports/heap.ts";
import type { HeapHolder, HeapLook, HeapSeen, HeapTaken } from "../../../ports/heap-look.ts";
import { choosePlace, type HeapPlace } from "./choose-place.ts";
import type { HeapProfileDeps } from "./deps.ts";
import { findWay, type FoundWay } from "./find-way.ts";
import { costOf, headroomFor } from "./headroom.ts";
import type { HeapProfileScope } from "./schema.ts";
import type { TakenHistogram } from "./take-histogram.ts";
import { lookAtHeap, tellHeap, type HeapLooked } from "./take.ts";

const MOST_HOLDERS = 12;
/** Investigations are kept for long: the newest profile, its picture and what grew. */
const KEPT = /(?:\.pb\.gz|-flame\.png|-objects-2\.txt|-objects-grown\.txt)$/;
const FIRST = /-1\.pb\.gz$/;
const MOST_FILE_BYTES = 2 ** 20;

/** The looks of `k8s.heap-profile`, as a step of an investigation: where it is configured, and never against the guard. */
export function heapLook(deps: HeapProfileDeps): HeapLook {
  return async (target, { seconds, signal }) => {
    const app = deps.appOf(target);
    if (app?.profile === undefined && app?.heapCommand === undefined) return { kind: "not-configured" };
    const cluster = deps.clusters.cluster(target.connection);
    const place = await choosePlace(cluster, target, { pod: undefined, container: app.container });
    const found = await findWay({ cluster, target, place, app });
    if (found.kind === "none") return { kind: "not-taken", because: found.because };
    const headroom = headroomFor(costOf(found.way.kind, place), place);
    if (headroom.kind !== "enough") return { kind: "not-taken", because: headroom.says };
    const scope = scopeOf({ place, found, seconds });
    const run = { signal, saveCheckpoint: async () => undefined };
    return seenOf(await lookAtHeap({ deps, cluster, scope, run }, withoutPod(target)), { scope, found, atMs: deps.clock.nowMs() });
  };
}

type Found = FoundWay & { readonly kind: "found" };
type Chosen = { readonly place: HeapPlace; readonly found: Found; readonly seconds: number };

function scopeOf({ place: { pod, container }, found, seconds }: Chosen): HeapProfileScope {
  const { namespace, name, uid } = pod;
  return { namespace, pod: name, uid, container: container.name, way: found.way, seconds, gc: false };
}

function withoutPod({ kind, connection, resource, namespace, name }: WorkloadTarget): WorkloadTarget {
  return { kind, connection, resource, namespace, name };
}

type Looked = { readonly scope: HeapProfileScope; readonly found: Found; readonly atMs: number };

function seenOf(looked: HeapLooked, { scope, found, atMs }: Looked): HeapSeen {
  const { pod, container, seconds } = scope;
  return { kind: "taken", pod, container, how: found.how, atMs, seconds, ...figuresOf(looked), files: filesOf(looked, scope) };
}

type Figures = Pick<HeapTaken, "totalBytes" | "grownBytes" | "holders">;

function figuresOf(looked: HeapLooked): Figures {
  switch (looked.kind) {
    case "profiles": {
      const { totalBytes, growth } = looked.report;
      return { totalBytes, ...given({ grownBytes: growth?.totalBytes }), holders: functionsOf(looked.report) };
    }
    case "sampling":
      // Only what was asked for meanwhile is in it.
      return { grownBytes: looked.report.totalBytes, holders: functionsOf(looked.report) };
    case "histograms":
      return { holders: kindsOf(looked.two) };
  }
}

function functionsOf({ top, growth }: HeapReport): readonly HeapHolder[] {
  const grown = new Map((growth?.top ?? []).map(({ name, flatBytes }) => [name, flatBytes]));
  const holders = top.map(({ name, flatBytes }) => ({ name, bytes: flatBytes, grownBytes: grown.get(name) ?? 0 }));
  return mostOf(holders);
}

function kindsOf([first, second]: readonly [TakenHistogram, TakenHistogram]): readonly HeapHolder[] {
  const grown = new Map(compareHistograms(first.kinds, second.kinds).map((kind) => [kind.name, kind]));
  const holders = second.kinds.map(({ name, bytes, count }) => {
    const { grownBytes, grownCount } = grown.get(name) ?? { grownBytes: 0, grownCount: 0 };
    return { name, count, grownCount, ...given({ bytes, grownBytes }) };
  });
  return mostOf(holders);
}

/** Those that hold most, and after them those that grew most. */
function mostOf(all: readonly HeapHolder[]): readonly HeapHolder[] {
  const held = ({ bytes, count = 0 }: HeapHolder): number => bytes ?? count;
  const grown = ({ grownBytes, grownCount = 0 }: HeapHolder): number => grownBytes ?? grownCount;
  const most = all
    .filter((one) => held(one) > 0)
    .toSorted((a, b) => held(b) - held(a))
    .slice(0, MOST_HOLDERS);
  const growers = all.filter((one) => grown(one) > 0 && !most.includes(one)).toSorted((a, b) => grown(b) - grown(a));
  return [...most, ...growers.slice(0, MOST_HOLDERS / 2)];
}

function filesOf(looked: HeapLooked, scope: HeapProfileScope): HeapTaken["files"] {
  return tellHeap(looked, scope).files.filter(
    ({ name, base64 }) => KEPT.test(name) && !FIRST.test(name) && base64.length <= (MOST_FILE_BYTES * 4) / 3,
  );
}
