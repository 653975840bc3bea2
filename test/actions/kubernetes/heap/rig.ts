import { fileURLToPath } from "node:url";
import { expect, vi } from "vitest";
import type { RunHandle } from "../../../../src/actions/action.ts";
import type { HeapProfileDeps, ProfiledApp } from "../../../../src/actions/kubernetes/heap/deps.ts";
import { heapProfile } from "../../../../src/actions/kubernetes/heap/heap-profile.ts";
import { createCharts } from "../../../../src/adapters/chart/create-charts.ts";
import { createHeapReader } from "../../../../src/adapters/heap/create-heap-reader.ts";
import { createNodeInspector } from "../../../../src/adapters/heap/inspector/node-inspector.ts";
import { createOwnPrograms } from "../../../../src/adapters/system/own-programs.ts";
import { systemClock as clock } from "../../../../src/adapters/system/system-clock.ts";
import type { Json } from "../../../../src/domain/json.ts";
import type { WorkloadTarget } from "../../../../src/domain/target.ts";
import { openCluster } from "../../../adapters/kubernetes/api-server.ts";
import { PATIENCE } from "../../../support/patience.ts";

export type HeapRig = ReturnType<typeof openHeapRig>;

/** k8s.heap-profile on lone pods of a namespace, as whoever KUBECONFIG, or another file, signs in as. */
export function openHeapRig(namespace: string, kubeconfig = process.env["KUBECONFIG"] ?? "") {
  const opened = openCluster(kubeconfig);
  const programs = createOwnPrograms();
  const built = (path: string): string => fileURLToPath(new URL(`../../../../dist/${path}`, import.meta.url));
  const charts = createCharts({ programs, path: built("chart-process.js"), timeoutMs: 120_000 });
  const heaps = createHeapReader({ programs, charts, path: built("heap-process.js"), timeoutMs: 120_000 });

  const depsFor = (app?: ProfiledApp): HeapProfileDeps => ({
    clusters: { cluster: () => opened.cluster },
    heaps,
    inspector: createNodeInspector({ timeoutMs: 60_000, clock }),
    clock,
    appOf: () => app,
  });
  const targetOf = (name: string): WorkloadTarget => ({ kind: "workload", connection: "lab", resource: "pod", namespace, name });

  async function planned(name: string, params: Readonly<Record<string, Json>>, app?: ProfiledApp) {
    const plan = await heapProfile(depsFor(app)).plan(targetOf(name), params);
    if (plan.kind === "refused") throw new Error(plan.because);
    return plan.plan;
  }

  return {
    cluster: opened.cluster,
    close: opened.close,
    depsFor,
    targetOf,
    planned,

    async refusal(name: string, params: Readonly<Record<string, Json>> = {}, app?: ProfiledApp): Promise<string> {
      const plan = await heapProfile(depsFor(app)).plan(targetOf(name), params);
      return plan.kind === "refused" ? plan.because : `planned: ${plan.plan.summary}`;
    },

    /** Until it runs, and its kubelet has read its memory. */
    async measured(name: string): Promise<void> {
      await vi.waitFor(
        async () => {
          const found: string[] = [];
          for await (const page of opened.cluster.usage({ namespace }, AbortSignal.timeout(30_000)))
            found.push(...page.flatMap(({ pod, workingSetBytes }) => (workingSetBytes > 0 ? [pod] : [])));
          expect(found).toContain(name);
        },
        { ...PATIENCE, timeout: 300_000, interval: 500 },
      );
    },

    /** Takes it, and tells what is left of it in the thread. */
    async taken(name: string, app?: ProfiledApp, params: Readonly<Record<string, Json>> = {}) {
      const [action, plan] = [heapProfile(depsFor(app)), await planned(name, { seconds: "1", ...params }, app)];
      let checkpoint: Json = null;
      const run: RunHandle = {
        id: "run_made_up",
        begunAtMs: clock.nowMs(),
        signal: new AbortController().signal,
        threadUrl: () => Promise.resolve(undefined),
        async saveCheckpoint(saved) {
          checkpoint = saved;
        },
      };
      await action.apply(plan, run);
      const facts = { ...run, checkpoint };
      expect(await action.observe(plan, facts)).toMatchObject({ kind: "done" });
      const afterwards = await action.afterwards?.(plan, facts);
      return { plan, verification: await action.verify(plan, facts), files: afterwards?.files ?? [] };
    },
  };
}
