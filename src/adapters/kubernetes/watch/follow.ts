import type { Log } from "../../../ports/log.ts";
import type { KubernetesClient } from "../client.ts";

/** What is followed: one list of a cluster, and what becomes of it. */
export type Followed = {
  readonly list: "listPods" | "listEvents";
  readonly watch: "watchPods" | "watchEvents";
  /** Absent: of the whole cluster. */
  readonly namespace?: string;
  readonly fieldSelector?: string;
  /** A right that is missing at the beginning is thrown, and not waited for. */
  readonly mustBegin: boolean;
};

/** Told in this order: a whole list (`begin`, each one `there`, `listed`), then changes, then perhaps a whole list again. */
export type Follower = {
  begin(): void;
  there(object: unknown): void;
  listed(): void;
  changed(kind: "ADDED" | "MODIFIED" | "DELETED", object: unknown): void;
};

export type Follow = { readonly client: KubernetesClient; readonly log: Log; readonly signal: AbortSignal };
