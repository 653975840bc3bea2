import { fileURLToPath } from "node:url";
import type { Action } from "../actions/action.ts";
import type { HeapProfileDeps } from "../actions/kubernetes/heap/deps.ts";
import { heapProfile } from "../actions/kubernetes/heap/heap-profile.ts";
import { heapLook } from "../actions/kubernetes/heap/look.ts";
import { createHeapReader } from "../adapters/heap/create-heap-reader.ts";
import { systemClock as clock } from "../adapters/system/system-clock.ts";
import type { Config } from "../config/build.ts";
import { fitsPattern } from "../domain/name-pattern.ts";
import type { Clusters } from "../ports/clusters.ts";
import type { HeapLook } from "../ports/heap-look.ts";
import type { NodeInspector } from "../ports/node-inspector.ts";
import { chartsOf } from "./charts.ts";
import { TIMES } from "./times.ts";

// Where rolldown.config.mjs puts it: beside whatever part of dist/ this line ends up in.
const HEAP_PROGRAM = fileURLToPath(new URL("./heap-process.js", import.meta.url));

/** Its libraries are in memory once somebody looks into a process of Node's. */
const lateInspector: NodeInspector = {
  async sample(at, how) {
    const { createNodeInspector } = await import("../adapters/heap/inspector/node-inspector.ts");
    return createNodeInspector({ timeoutMs: TIMES.inspectorMs, clock }).sample(at, how);
  },
};

/** Looking at heaps of workloads, as configured, after an approval. */
export function heapActions(config: Pick<Config, "kubernetes">, clusters: Clusters): readonly Action[] {
  return [heapProfile(depsOf(config, clusters))];
}

/** The same looks as a step of investigations. */
export function heapStep(config: Pick<Config, "kubernetes">, clusters: Clusters): HeapLook {
  return heapLook(depsOf(config, clusters));
}

function depsOf({ kubernetes }: Pick<Config, "kubernetes">, clusters: Clusters): HeapProfileDeps {
  const { programs, charts } = chartsOf();
  return {
    clusters,
    clock,
    heaps: createHeapReader({ programs, charts, path: HEAP_PROGRAM, timeoutMs: TIMES.heapMs }),
    inspector: lateInspector,
    appOf: ({ namespace, name }) => kubernetes.apps.find(({ pattern }) => fitsPattern(pattern, `${namespace}/${name}`))?.app,
  };
}
