import { randomIds } from "../../../src/adapters/system/random-ids.ts";
import { systemClock } from "../../../src/adapters/system/system-clock.ts";
import { createClusters } from "../../../src/adapters/kubernetes/clusters.ts";
import type { WorkloadTarget } from "../../../src/domain/target.ts";
import { workloadMemoryRunbook, type WorkloadMemoryDeps } from "../../../src/runbooks/workload-memory/index.ts";
import { runRunbook, type RunbookOutcome } from "../../../src/runbooks/run-runbook.ts";
import { kubectl } from "../../../scripts/lab/kubernetes.ts";
import { EVERY_NAMESPACE, GENEROUS, silentLog, writeKubeconfig } from "../../adapters/kubernetes/api-server.ts";

export type Done = Extract<RunbookOutcome, { kind: "done" }>;
export type Named = Omit<WorkloadTarget, "kind" | "connection">;

type View = {
  readonly clusters: readonly { readonly cluster: Readonly<Record<string, unknown>> }[];
  readonly users: readonly { readonly user: Readonly<Record<string, unknown>> }[];
};

/** The clusters of KUBECONFIG, or as another user sees them. */
export async function openClusters(as?: string) {
  const view = JSON.parse(await kubectl(["config", "view", "--raw", "--minify", "--flatten", "-o", "json"])) as View;
  const user = { ...view.users[0]?.user, ...(as === undefined ? {} : { as }) };
  const kubeconfig = await writeKubeconfig({ ...view.clusters[0]?.cluster }, user);
  const access = { kind: "kubeconfig", paths: [kubeconfig.path], pluginEnvironment: {} } as const;
  const clusters = createClusters([{ name: "local", access, namespaces: EVERY_NAMESPACE, ...GENEROUS }], { log: silentLog });
  return {
    clusters,
    async close() {
      await clusters.close();
      await kubeconfig.remove();
    },
  };
}

/** The runbook on the cluster of KUBECONFIG. */
export async function openLab(as?: string) {
  const { clusters, close } = await openClusters(as);
  const deps: WorkloadMemoryDeps = {
    clusters,
    clock: systemClock,
    logTail: { lines: 2_000, maxBytes: 2 ** 20 },
    appOf: () => undefined,
    heapLook: async () => ({ kind: "not-configured" }),
    stepTimeoutMs: 90_000,
  };

  function run(named: Named, more: Partial<WorkloadMemoryDeps> = {}): Promise<RunbookOutcome> {
    const target = { kind: "workload", connection: "local", ...named } as const;
    return runRunbook(workloadMemoryRunbook({ ...deps, ...more }), target, { clock: systemClock, ids: randomIds });
  }

  return {
    run,
    close,
    async investigate(named: Named, more: Partial<WorkloadMemoryDeps> = {}): Promise<Done> {
      const outcome = await run(named, more);
      if (outcome.kind !== "done") throw new Error(`expected a diagnosis, got ${outcome.code}: ${outcome.because}`);
      return outcome;
    },
  };
}

/** The data of one step. */
export function dataOf({ evidence }: Done, step: string): unknown {
  return evidence.find((each) => each.step === `k8s.${step}`)?.data;
}
