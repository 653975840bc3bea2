import { afterAll } from "vitest";
import { docker, findDocker } from "../../../scripts/lab/docker.ts";
import { openScenes, type Scenes } from "../../../scripts/lab/containers/scenes.ts";
import { noteAbsentSystem, noteRealSystem } from "../../../scripts/lab/real-systems.ts";
import type { Action, RunHandle } from "../../../src/actions/action.ts";
import type { DockerActionDeps } from "../../../src/actions/docker/deps.ts";
import { dockerActions } from "../../../src/actions/index.ts";
import { createComposeFiles } from "../../../src/adapters/compose/compose-files.ts";
import { createContainerActs } from "../../../src/adapters/docker/acts.ts";
import { endpointFromUrl } from "../../../src/adapters/docker/connection-url.ts";
import { createContainerHosts } from "../../../src/adapters/docker/container-hosts.ts";
import type { DockerConnectionSettings } from "../../../src/adapters/docker/settings.ts";
import { httpCheck } from "../../../src/adapters/http/http-check.ts";
import type { Json } from "../../../src/domain/json.ts";
import type { Plan } from "../../../src/domain/plan.ts";
import type { ContainerTarget } from "../../../src/domain/target.ts";
import type { HostActs } from "../../../src/ports/container-acts.ts";
import { classifyProcesses } from "../../../src/runbooks/container-memory/classify-processes.ts";
import { scanLog } from "../../../src/runbooks/logs/scan-log.ts";
import { planned, realClock, startRun, type TestRun } from "../redis/lab.ts";

export { hashed, refusal } from "../redis/lab.ts";

export const daemon = await findDocker();
if (daemon.kind === "there") noteRealSystem("docker", daemon.version);
else noteAbsentSystem("docker", daemon.because);

export const MIB = 2 ** 20;

const SETTINGS: DockerConnectionSettings = {
  name: "local",
  endpoint: endpointFromUrl(process.env["DOCKER_HOST"] ?? "unix:///var/run/docker.sock"),
  connectTimeoutMs: 3000,
  callTimeoutMs: 30_000,
};

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** Scenes and what acts on them, until the file's tests have ended. */
export function openLab(more: Partial<DockerActionDeps> = {}): { readonly scenes: Scenes; readonly deps: DockerActionDeps } {
  const hosts = createContainerHosts([SETTINGS], { log: silent });
  const acts = createContainerActs([SETTINGS]);
  const scenes = openScenes();
  afterAll(async () => {
    if (daemon.kind === "there") await scenes.end();
    await hosts.close();
    acts.close();
  });
  const deps: DockerActionDeps = {
    hosts,
    acts,
    httpCheck,
    clock: realClock,
    own: async () => ({ containerIds: [], podUids: [], hostname: "elsewhere", addresses: [], servers: [] }),
    healthOf: () => undefined,
    classify: classifyProcesses,
    countPatterns: (log) => scanLog(log).patterns,
    verification: { readings: 2, intervalMs: 50, healthTimeoutMs: 2000 },
    settleMs: 700,
    compose: createComposeFiles([], () => undefined),
    codeHostOf: () => undefined,
    ...more,
  };
  return { scenes, deps };
}

export function target(name: string): ContainerTarget {
  return { kind: "docker", connection: "local", name };
}

export function actionOf(deps: DockerActionDeps, id: string): Action {
  const action = dockerActions(deps).find((one) => one.id === id);
  if (action === undefined) throw new Error(`there is no action ${id}`);
  return action;
}

export type Asked = { readonly id: string; readonly name: string; readonly params?: Readonly<Record<string, Json>> };

export async function plan(deps: DockerActionDeps, { id, name, params = {} }: Asked): Promise<Plan> {
  return planned(actionOf(deps, id).plan(target(name), params));
}

let runs = 0;

/** A run with an id of its own, by which containers are found. */
export function newRun(): TestRun {
  runs += 1;
  return { ...startRun(), id: `run_${process.pid}x${runs}x${Date.now() % 100_000}` };
}

/** Plans and carries out. */
export async function carryOut(deps: DockerActionDeps, asked: Asked, run: RunHandle = newRun()): Promise<Plan> {
  const made = await plan(deps, asked);
  await actionOf(deps, asked.id).apply(made, run);
  return made;
}

/** What `docker inspect` says, by a template. */
export async function inspected(name: string, template: string): Promise<string> {
  return (await docker(["inspect", "-f", template, name])).trim();
}

/** The container of this name and those made out of it (`name-…`), stopped ones too, sorted: `name state`. */
export async function containers(name: string): Promise<readonly string[]> {
  const lines = (await docker(["ps", "-a", "--format", "{{.Names}} {{.State}}"])).split("\n");
  return lines.filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}-`)).toSorted();
}

type Method = Exclude<keyof HostActs, "definition" | "dependents" | "ownLayer">;

/** The same, but that the nth call of a method fails: before or after it was done; `dead`: and so does every call after it. */
export function failing(
  deps: DockerActionDeps,
  at: { readonly method: Method; readonly nth?: number; readonly when?: "before" | "after"; readonly dead?: boolean },
): DockerActionDeps {
  let calls = 0;
  let failed = false;
  const host = (connection: string): HostActs =>
    new Proxy(deps.acts.host(connection), {
      get(real, property: keyof HostActs) {
        const method = real[property] as (...given: readonly unknown[]) => Promise<unknown>;
        return async (...given: readonly unknown[]) => {
          if (failed && at.dead === true) throw new Error("dead");
          if (property !== at.method || (calls += 1) !== (at.nth ?? 1)) return method(...given);
          if (at.when === "after") await method(...given);
          failed = true;
          throw new Error(`${property} failed on purpose`);
        };
      },
    });
  return { ...deps, acts: { host } };
}
