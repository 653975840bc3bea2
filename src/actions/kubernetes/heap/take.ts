import { readHistogram } from "../../../domain/heap/object-histogram.ts";
import { formatTarget, type WorkloadTarget } from "../../../domain/target.ts";
import type { HeapReport } from "../../../ports/heap.ts";
import type { NodeSampling } from "../../../ports/node-inspector.ts";
import type { HeapProfileScope, Taken, Way } from "./schema.ts";
import { histogramBy, histogramOf, jvmArguments, type TakenHistogram } from "./take-histogram.ts";
import { captureEndpoint, captureTwice, type Capture, type Taking } from "./take-profiles.ts";
import { tellHistograms } from "./tell-histograms.ts";
import { tellProfiles, tellSampling } from "./tell-profiles.ts";

/** What two looks saw, as read. */
export type HeapLooked =
  | { readonly kind: "profiles"; readonly captures: readonly [Capture, Capture]; readonly report: HeapReport }
  | { readonly kind: "sampling"; readonly sampling: NodeSampling; readonly report: HeapReport }
  | { readonly kind: "histograms"; readonly two: readonly [TakenHistogram, TakenHistogram]; readonly how: string };

/** Looks as the scope says, and reads what came. */
export async function lookAtHeap(taking: Taking, target: WorkloadTarget): Promise<HeapLooked> {
  const { scope } = taking;
  const { way } = scope;
  const title = `${formatTarget({ ...target, pod: scope.pod })}, container ${scope.container}`;
  switch (way.kind) {
    case "endpoint":
      return lookAtEndpoint(taking, way, title);
    case "inspector":
      return sample(taking, way, title);
    case "jvm":
      return countTwice(taking, jvmArguments(way.tool, way.pid, scope.gc));
    case "command":
      return countTwice(taking, way.argv);
  }
}

/** In words, and as files for the thread. */
export function tellHeap(looked: HeapLooked, scope: HeapProfileScope): Taken {
  switch (looked.kind) {
    case "profiles":
      return tellProfiles({ ...looked, scope });
    case "sampling":
      return tellSampling(looked.sampling, looked.report, scope);
    case "histograms":
      return tellHistograms(looked.two, scope, looked.how);
  }
}

async function countTwice(taking: Taking, argv: readonly string[]): Promise<HeapLooked> {
  const two = await captureTwice(taking, () => histogramBy(taking, argv));
  return { kind: "histograms", two, how: argv.join(" ") };
}

async function lookAtEndpoint(taking: Taking, { port, path }: Way & { readonly kind: "endpoint" }, title: string): Promise<HeapLooked> {
  const { deps, scope } = taking;
  const captures = await captureTwice(taking, () => captureEndpoint(taking, path, port));
  const [first, second] = captures;
  const how = `:${port}${path} of ${scope.pod}`;
  if (isHistogram(second)) return { kind: "histograms", two: [textOf(first, how), textOf(second, how)], how };
  const report = await deps.heaps.read({ profile: second.body, earlier: first.body, title });
  return { kind: "profiles", captures, report };
}

function isHistogram({ body }: Capture): boolean {
  return body[0] !== 0x1f && !body.subarray(0, 1024).includes(0) && readHistogram(Buffer.from(body).toString("utf8")) !== undefined;
}

function textOf({ body }: Capture, where: string): TakenHistogram {
  return histogramOf(Buffer.from(body).toString("utf8"), where);
}

async function sample(taking: Taking, { port }: Way & { readonly kind: "inspector" }, title: string): Promise<HeapLooked> {
  const { deps, cluster, scope, run } = taking;
  const tunnel = await cluster.forward(scope, port);
  try {
    await run.saveCheckpoint({ kind: "waiting" }, `sampling for ${scope.seconds} s`);
    const sampling = await deps.inspector.sample(tunnel, { forMs: scope.seconds * 1000, signal: run.signal });
    return { kind: "sampling", sampling, report: await deps.heaps.read({ profile: sampling.profile, title }) };
  } finally {
    await tunnel.close();
  }
}
