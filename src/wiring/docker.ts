import { fileURLToPath } from "node:url";
import type { Action } from "../actions/action.ts";
import { createCharts } from "../adapters/chart/create-charts.ts";
import { createContainerHosts } from "../adapters/docker/container-hosts.ts";
import { createContainerTargets } from "../adapters/docker/container-targets.ts";
import { systemClock as clock } from "../adapters/system/system-clock.ts";
import type { Config } from "../config/build.ts";
import type { ContainerHosts } from "../ports/containers.ts";
import type { MemoryBoard } from "../ports/memory-history.ts";
import type { Log } from "../ports/log.ts";
import type { Targets } from "../ports/planner.ts";
import type { Store } from "../ports/store.ts";
import type { Runbook } from "../runbooks/runbook.ts";
import { createMemoryBoard } from "../watch/memory-board.ts";
import { createMemoryHistory } from "../watch/memory-history.ts";
import { containerActions } from "./container-actions.ts";
import { containerRunbook } from "./container-runbook.ts";
import { TIMES } from "./times.ts";
import { watchedBy } from "./watched-by.ts";

export type DockerParts = {
  readonly hosts: ContainerHosts;
  readonly targets: Targets;
  readonly memory: MemoryBoard;
  readonly runbooks: readonly Runbook[];
  readonly actions: readonly Action[];
  close(): Promise<void>;
};

const CHART_PROGRAM = fileURLToPath(new URL("../adapters/chart/chart-process.js", import.meta.url));

/** Everything about Docker hosts: how they are reached, looked at and acted on. */
export function dockerParts(config: Config, { log, store }: { readonly log: Log; readonly store: Store }): DockerParts {
  const { docker } = config;
  const hosts = createContainerHosts(
    docker.hosts.map(({ settings }) => settings),
    { log },
  );
  const charts = createCharts({ program: CHART_PROGRAM, timeoutMs: TIMES.chartMs });
  const memory = createMemoryBoard({ tables: store, hosts, charts, clock, isWatched: watchedBy(docker) });
  const runbooks = [containerRunbook(docker, hosts, createMemoryHistory(store, clock))];
  const { actions, close } = containerActions(config, hosts);
  return {
    hosts,
    memory,
    targets: createContainerTargets(hosts, { clock }),
    runbooks,
    actions,
    async close() {
      close();
      await hosts.close();
    },
  };
}
