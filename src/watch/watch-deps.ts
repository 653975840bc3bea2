import type { Problem } from "../domain/incident.ts";
import type { Target, TargetKind } from "../domain/target.ts";
import type { PressureSettings } from "../domain/trend/pressure.ts";
import type { Desk } from "../incidents/desk.ts";
import type { ClusterObjects } from "../ports/clusters.ts";
import type { ContainerHosts } from "../ports/containers.ts";
import type { ReadingSource } from "../ports/reading-source.ts";

/** What the watch works with. */
export type WatchDeps = {
  readonly desk: Desk;
  /** What is looked at each few minutes. */
  readonly sources: readonly ReadingSource[];
  /** Asked about containers that died. */
  readonly hosts: ContainerHosts;
  /** Asked whose pods were killed. Throws `bad-input` for a connection that is not configured. */
  clusterOf(connection: string): Pick<ClusterObjects, "ownerOf" | "pod" | "pods">;
  isWatched(target: Target): boolean;
  readonly pressure: PressureSettings;
  /** From the beginning of a look to that of the next. */
  readonly everyMs: number;
  /** How long readings are kept. */
  readonly keepMs: number;
  /** Slack channel id of the threads that the watch opens. */
  readonly channel: string;
  /** What an incident of this kind of target starts with. */
  runbookFor(kind: TargetKind): WatchRunbook;
};

export type WatchRunbook = {
  readonly id: string;
  readonly problem: Problem;
  readonly steps: readonly { readonly id: string; readonly title: string }[];
};
