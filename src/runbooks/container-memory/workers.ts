import type { WorkerServer } from "../../domain/sizing.ts";
import { sizeOf } from "./count-processes.ts";
import type { Picture } from "./picture.ts";
import type { ProgramGroup, Setting } from "../parts/schema.ts";

/** The server of a container that works in several processes, and what they take. Bytes. */
export type Workers = {
  readonly server: WorkerServer;
  readonly workers: number;
  /** Workers, master and helpers. */
  readonly processes: number;
  /** Of one worker; undefined where neither PSS nor RSS is known. */
  readonly perWorkerBytes: number | undefined;
  /** Proportional: pages shared with others are counted once. Else it is RSS, which counts them in every process. */
  readonly proportional: boolean;
  /** All processes that are not these workers. */
  readonly restBytes: number;
  readonly setting: Setting | undefined;
};

const SERVERS: Readonly<Record<WorkerServer, true>> = {
  kong: true,
  nginx: true,
  puma: true,
  unicorn: true,
  gunicorn: true,
  uwsgi: true,
  "php-fpm": true,
  node: true,
  sidekiq: true,
  celery: true,
  postgres: true,
  apache: true,
};

/** The largest group of like workers. Undefined: there is none, or processes were not counted. */
export function workersOf(picture: Picture): Workers | undefined {
  const programs = picture.census?.value.programs ?? [];
  const group = programs.filter(({ role }) => role === "worker").toSorted((left, right) => sizeOf(right) - sizeOf(left))[0];
  const named = group?.server;
  if (group === undefined || named === undefined || !isServer(named)) return undefined;
  const server = named === "nginx" && looksLikeKong(picture, programs) ? "kong" : named;
  const size = group.pssBytes ?? group.rssBytes;
  return {
    server,
    workers: group.count,
    processes: programs.reduce((sum, each) => sum + (each.server === named ? each.count : 0), 0),
    perWorkerBytes: size === undefined ? undefined : size / group.count,
    proportional: group.pssBytes !== undefined,
    restBytes: programs.reduce((sum, each) => sum + (each === group ? 0 : sizeOf(each)), 0),
    setting: workerSetting(picture, server),
  };
}

/** The setting that says how many workers are started: the server's own before one of a general name. */
export function workerSetting({ environment }: Picture, server: WorkerServer): Setting | undefined {
  const all = (environment?.value.settings ?? []).filter(({ kind }) => kind === "workers");
  const own = all.find(({ of }) => of === server) ?? (server === "kong" ? all.find(({ of }) => of === "nginx") : undefined);
  return own ?? all.find(({ of }) => of === "server" || of === "web server");
}

function looksLikeKong({ environment, state }: Picture, programs: readonly ProgramGroup[]): boolean {
  const { settings = [], otherNames = [] } = environment?.value ?? {};
  return (
    settings.some(({ of }) => of === "kong") ||
    otherNames.some((name) => name.startsWith("KONG_")) ||
    /(^|\/)kong(-gateway)?[:@]|\/kong(\/|$)/.test(state?.value.image ?? "") ||
    programs.some(({ args }) => args.includes("/usr/local/kong"))
  );
}

function isServer(name: string): name is WorkerServer {
  return Object.hasOwn(SERVERS, name);
}
