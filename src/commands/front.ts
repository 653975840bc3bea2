import type { AlertReading, Post } from "../domain/alert.ts";
import type { ForTargets } from "../domain/fitting-runbook.ts";
import type { Problem } from "../domain/incident.ts";
import type { Desk } from "../incidents/desk.ts";
import type { Chat } from "../ports/chat.ts";
import type { Clusters } from "../ports/clusters.ts";
import type { ContainerHosts } from "../ports/containers.ts";
import type { MemoryBoard } from "../ports/memory-history.ts";

/** What everything that people type and press works with. */
export type Front = {
  readonly desk: Desk;
  readonly chat: Chat;
  readonly runbooks: readonly RunbookFacts[];
  /** Channel ids in which alerts are posted. */
  readonly alertChannels: readonly string[];
  /** Channel id of threads that no post began. */
  readonly incidentChannel: string;
  /** Asked whom they saw being killed, where an alert does not say whose process it was. */
  readonly hosts: ContainerHosts;
  /** Asked for pods and nodes that an alert names. Absent: no cluster is configured. */
  readonly clusters: Pick<Clusters, "names" | "cluster"> | undefined;
  /** Is a post an alert about memory, and what does it name? Pure. */
  readonly readAlert: (post: Post) => Promise<AlertReading>;
  readonly memory: MemoryBoard;
};

/** What commands need to know of a runbook; a Runbook is one. */
export type RunbookFacts = ForTargets & {
  readonly id: string;
  readonly title: string;
  readonly problem: Problem;
  readonly steps: readonly { readonly id: string; readonly title: string }[];
};

/** Who asks, and where. */
export type Asker = {
  /** Slack user id. */
  readonly userId: string;
  readonly channel: string;
  /** The thread in which it was asked; absent: outside threads. */
  readonly threadTs?: string;
};
