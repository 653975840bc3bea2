import { formatTarget, type WorkloadTarget } from "../../../domain/target.ts";
import { captureEndpoint, captureTwice, type Capture, type Taking } from "./take-profiles.ts";
import { histogramBy, histogramOf, jvmArguments } from "./take-histogram.ts";
import { tellHistograms } from "./tell-histograms.ts";
import { tellProfiles, tellSampling } from "./tell-profiles.ts";
import type { Taken, Way } from "./schema.ts";
import { readHistogram } from "../../../domain/heap/object-histogram.ts";

/** Takes what was approved, and reads it. */
export async function takeHeap(taking: Taking, target: WorkloadTarget): Promise<Taken> {
  const { scope } = taking;
  const title = `${formatTarget({ ...target, pod: scope.pod })}, container ${scope.container}`;
  const { way } = scope;
  switch (way.kind) {
    case "endpoint":
      return takeEndpoint(taking, way, title);
    case "inspector":
      return takeSampling(taking, way, title);
    case "jvm": {
      const argv = jvmArguments(way.tool, way.pid, scope.gc);
      return tellHistograms(await captureTwice(taking, () => histogramBy(taking, argv)), scope, argv.join(" "));
    }
    case "command":
      return tellHistograms(await captureTwice(taking, () => histogramBy(taking, way.argv)), scope, way.argv.join(" "));
  }
}

async function takeEndpoint(taking: Taking, { port, path }: Way & { readonly kind: "endpoint" }, title: string): Promise<Taken> {
  const { deps, scope } = taking;
  const captures = await captureTwice(taking, () => captureEndpoint(taking, path, port));
  const where = `:${port}${path} of ${scope.pod}`;
  if (isHistogram(captures[1])) return tellHistograms([textOf(captures[0], where), textOf(captures[1], where)], scope, where);
  const [first, second] = captures;
  const report = await deps.heaps.read({ profile: second.body, earlier: first.body, title });
  return tellProfiles({ captures, report, scope });
}

function isHistogram({ body }: Capture): boolean {
  return body[0] !== 0x1f && !body.subarray(0, 1024).includes(0) && readHistogram(Buffer.from(body).toString("utf8")) !== undefined;
}

function textOf({ body }: Capture, where: string): ReturnType<typeof histogramOf> {
  return histogramOf(Buffer.from(body).toString("utf8"), where);
}

async function takeSampling(taking: Taking, { port }: Way & { readonly kind: "inspector" }, title: string): Promise<Taken> {
  const { deps, cluster, scope, run } = taking;
  const tunnel = await cluster.forward(scope, port);
  try {
    await run.saveCheckpoint({ kind: "waiting" }, `sampling for ${scope.seconds} s`);
    const sampling = await deps.inspector.sample(tunnel, { forMs: scope.seconds * 1000, signal: run.signal });
    return tellSampling(sampling, await deps.heaps.read({ profile: sampling.profile, title }), scope);
  } finally {
    await tunnel.close();
  }
}
