import type { Action } from "../actions/action.ts";
import { dockerActions } from "../actions/index.ts";
import { createComposeFiles } from "../adapters/compose/compose-files.ts";
import { createContainerActs } from "../adapters/docker/acts.ts";
import { createGithub } from "../adapters/github/github.ts";
import { httpCheck } from "../adapters/http/http-check.ts";
import { findOwnPlace } from "../adapters/system/own-place.ts";
import { systemClock as clock } from "../adapters/system/system-clock.ts";
import type { Config } from "../config/build.ts";
import type { MemoryHistory } from "../ports/memory-history.ts";
import type { ContainerHosts } from "../ports/containers.ts";
import { classifyProcesses } from "../runbooks/container-memory/classify-processes.ts";
import { scanLog } from "../runbooks/logs/scan-log.ts";
import { healthOf } from "./container-runbook.ts";
import { ownServers } from "./own-servers.ts";
import { TIMES } from "./times.ts";

export type ContainerActions = { readonly actions: readonly Action[]; close(): void };

/** What can be done to containers, with what tells that they are not Oomph's own. Without a history the watch has nothing to tell. */
export function containerActions(config: Config, hosts: ContainerHosts, history?: MemoryHistory): ContainerActions {
  const { docker, verification } = config;
  const acts = createContainerActs(docker.hosts.map(({ settings }) => settings));
  const own = ownServers(config);
  const actions = dockerActions({
    hosts,
    acts,
    httpCheck,
    clock,
    own: () => findOwnPlace(own),
    healthOf: healthOf(docker),
    classify: classifyProcesses,
    countPatterns: (log) => scanLog(log, docker.logs.patterns).patterns,
    verification: { ...verification, healthTimeoutMs: TIMES.healthTimeoutMs },
    ...(history === undefined ? {} : { history }),
    settleMs: TIMES.settleMs,
    compose: createComposeFiles(
      docker.hosts.map(({ settings, compose }) => ({ connection: settings.name, ...compose })),
      codeHostOf(config),
    ),
    codeHostOf: codeHostOf(config),
  });
  return { actions, close: () => acts.close() };
}

function codeHostOf({ github }: Config) {
  return (repository: string) => (github === undefined ? undefined : createGithub({ ...github, repository }, clock));
}
