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

export type DockerParts = {
  readonly hosts: ContainerHosts;
  readonly targets: Targets;
  readonly runbooks: readonly Runbook[];
  readonly actions: readonly Action[];
};

/** Everything about Docker hosts: how they are reached, looked at and acted on. */
export function dockerParts({ docker }: Config, { log }: { readonly log: Log; readonly store: Store }): DockerParts {
  const hosts = createContainerHosts(
    docker.hosts.map(({ settings }) => settings),
    { log },
  );
  return { hosts, targets: createContainerTargets(hosts, { clock }), runbooks: [], actions: [] };
}
