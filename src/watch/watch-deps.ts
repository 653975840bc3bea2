import type { PressureSettings } from "../domain/trend/pressure.ts";
import type { Desk } from "../incidents/desk.ts";
import type { ContainerHosts } from "../ports/containers.ts";

/** What the watch works with. */
export type WatchDeps = {
  readonly desk: Desk;
  readonly hosts: ContainerHosts;
  /** Is a container of this host, by its name, to be watched? */
  isWatched(connection: string, container: string): boolean;
  readonly pressure: PressureSettings;
  /** How long readings are kept. */
  readonly keepMs: number;
  /** Slack channel id of the threads that the watch opens. */
  readonly channel: string;
  /** What an incident about a container starts with. */
  readonly runbook: { readonly id: string; readonly steps: readonly { readonly id: string; readonly title: string }[] };
};
