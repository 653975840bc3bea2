import type { WorkloadTarget } from "../../domain/target.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ClusterActs } from "../../ports/cluster-acts.ts";
import type { OwnPlace } from "../../ports/container-acts.ts";
import type { ClusterMemory, ClusterObjects, PodInsides, PodPlace } from "../../ports/clusters.ts";
import type { VerificationSettings } from "../watch-until-steady.ts";

/** A cluster, as far as the actions look at it. */
export type LookedAtCluster = ClusterObjects & ClusterMemory & Pick<PodInsides, "httpGet">;

/** What the actions on a workload work with. */
export type KubernetesActionDeps = {
  readonly clusters: { cluster(connection: string): LookedAtCluster };
  readonly acts: ClusterActs;
  readonly clock: Clock;
  /** Where a pod of the app says whether it is well; undefined: nobody has said. */
  readonly readyOf: (target: WorkloadTarget) => { readonly port: number; readonly path: string } | undefined;
  /** What it keeps its queue and records in, and the pod that it knows itself to be in, whichever cluster that is of. */
  readonly own: () => Promise<Pick<OwnPlace, "podUids" | "servers">>;
  /** The pod that Oomph itself runs in; undefined: it runs in none of this cluster. */
  readonly ownPod: (connection: string) => Promise<PodPlace | undefined>;
  readonly verification: VerificationSettings;
  readonly rollout: RolloutTimes;
};

export type RolloutTimes = {
  readonly everyMs: number;
  /** What stands in the way for so long will not go by itself. */
  readonly stuckMs: number;
  /** Longer than this no rollout is waited for. */
  readonly longestMs: number;
};
