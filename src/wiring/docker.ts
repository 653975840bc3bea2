import type { Action } from "../actions/action.ts";
import { createContainerHosts } from "../adapters/docker/container-hosts.ts";
import { createContainerTargets } from "../adapters/docker/container-targets.ts";
import { systemClock as clock } from "../adapters/system/system-clock.ts";
import type { Config } from "../config/build.ts";
import type { ContainerHosts } from "../ports/containers.ts";
import type { Log } from "../ports/log.ts";
import type { Targets } from "../ports/planner.ts";
import type { Store } from "../ports/store.ts";
import type { Runbook } from "../runbooks/runbook.ts";
import { createMemoryHistory } from "../watch/memory-history.ts";
import { containerActions } from "./container-actions.ts";
import { containerRunbook } from "./container-runbook.ts";

export type DockerParts = {
  readonly hosts: ContainerHosts;
  readonly targets: Targets;
  readonly runbooks: readonly Runbook[];
  readonly actions: readonly Action[];
  close(): Promise<void>;
};

/** Everything about Docker hosts: how they are reached, looked at and acted on. */
export function dockerParts(config: Config, { log, store }: { readonly log: Log; readonly store: Store }): DockerParts {
  const { docker } = config;
  const hosts = createContainerHosts(
    docker.hosts.map(({ settings }) => settings),
    { log },
  );
  const history = createMemoryHistory(store, clock);
  const runbooks = [containerRunbook(docker, hosts, history)];
  const { actions, close } = containerActions(config, hosts, history);
  return {
    hosts,
    targets: createContainerTargets(hosts, { clock }),
    runbooks,
    actions: docker.hosts.length === 0 ? [] : actions,
    async close() {
      close();
      await hosts.close();
    },
  };
}
