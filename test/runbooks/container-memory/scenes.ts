import type { Evidence } from "../../../src/domain/evidence.ts";
import type { Json } from "../../../src/domain/json.ts";

export const MIB = 2 ** 20;
export const GIB = 2 ** 30;
/** 2025-10-28 13:05 UTC. */
export const NOW_MS = Date.UTC(2025, 9, 28, 13, 5);
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Data of steps by their ids without `docker.`. */
export type Scene = Readonly<Record<string, Json>>;

/** The steps of a scene as saved evidence. */
export function evidenceOf(scene: Scene): readonly Evidence[] {
  return Object.entries(scene).map(([step, data]) => ({
    id: `ev_${step}`,
    step: `docker.${step}`,
    collectedAtMs: NOW_MS,
    tookMs: 5,
    source: "docker/web (0123456789ab on local)",
    data,
  }));
}

type Change = { readonly [name: string]: Json | undefined };
type StateChange = Change & { readonly resources?: Change };

/** A quiet container of 1 GiB on a host of 8 cores and 32 GiB, but for these. */
export function state({ resources = {}, ...more }: StateChange = {}): Json {
  return {
    id: "0123456789abcdef".repeat(4),
    name: "web",
    image: "shop/web:1.4",
    state: "running",
    atMs: NOW_MS,
    createdAtMs: NOW_MS - 6 * 24 * HOUR_MS,
    startedAtMs: NOW_MS - 6 * 24 * HOUR_MS,
    exitCode: 0,
    oomKilled: false,
    error: "",
    pid: 4242,
    restartCount: 0,
    restartPolicy: "always",
    commandLine: "/app/run",
    ...more,
    resources: { memoryLimitBytes: GIB, oomKillDisabled: false, ...resources },
  };
}

export function stopped(exitCode: number, more: StateChange = {}): Json {
  return state({ state: "exited", pid: 0, exitCode, finishedAtMs: NOW_MS - 2 * MINUTE_MS, ...more });
}

export function host(more: Readonly<Record<string, Json>> = {}): Json {
  return { hostname: "vm", serverVersion: "24.0", kernel: "6.1.0", cores: 8, memoryBytes: 32 * GIB, cgroupVersion: 2, ...more };
}

type Use = {
  readonly used: number;
  readonly limit?: number;
  readonly anon?: number;
  readonly file?: number;
  readonly shmem?: number;
  readonly cpuPercent?: number;
};

export function stats({ used, limit = GIB, anon = used, file = 0, shmem = 0, cpuPercent = 5 }: Use): Json {
  const reading = {
    usageBytes: used,
    rawUsageBytes: used + file,
    limitBytes: limit,
    anonBytes: anon,
    fileBytes: file,
    shmemBytes: shmem,
    pids: 3,
  };
  const cpu = { onlineCpus: 8, throttledPeriods: 0 };
  return {
    first: { atMs: NOW_MS - 1000, ...reading, ...cpu, cpuTotalNs: 0, systemCpuNs: 0 },
    second: { atMs: NOW_MS, ...reading, ...cpu, cpuTotalNs: (cpuPercent / 100) * 1e9, systemCpuNs: 8e9 },
  };
}

/** `[minutes ago, action, exit code]` */
export function events(...happened: readonly (readonly [minutesAgo: number, action: string, exitCode?: number])[]): Json {
  return {
    sinceMs: NOW_MS - 24 * HOUR_MS,
    untilMs: NOW_MS,
    events: happened.map(([minutesAgo, action, exitCode]) => ({
      atMs: NOW_MS - minutesAgo * MINUTE_MS,
      action,
      ...(exitCode === undefined ? {} : { exitCode }),
    })),
  };
}

export function census(programs: readonly Readonly<Record<string, Json>>[], more: Readonly<Record<string, Json>> = {}): Json {
  const processes = programs.reduce((sum, { count }) => sum + Number(count), 0);
  return {
    processes,
    programs: programs.map((each) => ({ role: "single", args: "run --fast", ...each })),
    largest: [],
    readFrom: "inside",
    ...more,
  };
}

export const ONE_PROCESS = census([{ program: "run", count: 1, rssBytes: 300 * MIB, pssBytes: 295 * MIB }]);

export function environment(...settings: readonly Readonly<Record<string, Json>>[]): Json {
  return { settings: settings.map((each) => ({ from: "environment", auto: false, ...each })), otherNames: ["PATH", "DB_PASSWORD"] };
}

type Hit = {
  readonly name: string;
  readonly kind: string;
  readonly of?: string;
  readonly count?: number;
  readonly minutesAgo?: number;
  readonly sample: string;
};

export function logs(...found: readonly Hit[]): Json {
  const patterns = found.map(({ count = 1, minutesAgo = 2, ...each }) => ({
    ...each,
    count,
    firstAtMs: NOW_MS - 60 * MINUTE_MS,
    lastAtMs: NOW_MS - minutesAgo * MINUTE_MS,
  }));
  return { lines: 1200, truncated: false, fromMs: NOW_MS - 5 * HOUR_MS, toMs: NOW_MS, patterns, givenUp: [] };
}

export function cgroup(more: Readonly<Record<string, Json>> = {}): Json {
  return { version: 2, limitBytes: GIB, oomKills: 0, limitHits: 0, hostTotalBytes: 32 * GIB, hostAvailableBytes: 20 * GIB, ...more };
}

export function kernel(kills: readonly Readonly<Record<string, Json>>[] = [], otherGlobalKills = 0): Json {
  const all = kills.map((each) => ({ atMs: NOW_MS - 2 * MINUTE_MS, process: "run", pid: 4242, constraint: "cgroup", ...each }));
  return { sinceMs: NOW_MS - 24 * HOUR_MS, kills: all, otherGlobalKills };
}

/** Readings every five minutes over the last hours, given as sizes from the oldest to the newest. */
export function history(sizes: readonly number[], trend: Json, { limit = GIB, newestMinutesAgo = 3 } = {}): Json {
  const readings = sizes.map((usageBytes, at) => ({
    atMs: NOW_MS - (newestMinutesAgo + (sizes.length - 1 - at) * 5) * MINUTE_MS,
    usageBytes,
    limitBytes: limit,
    startedAtMs: NOW_MS - 6 * 24 * HOUR_MS,
  }));
  return { readings, trend };
}

export function trend(kind: string, says: string, bytesPerHour = 0): Json {
  return { kind, bytesPerHour, overMs: 6 * HOUR_MS, says };
}

export const LEAK: Json = {
  kind: "leak",
  bytesPerHour: 40 * MIB,
  overMs: 6 * HOUR_MS,
  says: "its floor rose by 40.0 MiB an hour over 6 h",
  interval: [35 * MIB, 45 * MIB],
  confidence: 0.95,
  timeToOom: { kind: "expected", ms: 3 * HOUR_MS, lowMs: 2.5 * HOUR_MS, highMs: 4 * HOUR_MS },
};

export const LEVEL = Array.from({ length: 40 }, () => 300 * MIB);
export const STEADY = trend("steady", "about steady for 6 h");
const CALM = history(LEVEL, STEADY);

/** A scene of which every step was collected, quiet but for these. */
export function scene(more: Scene = {}): Scene {
  return {
    state: state(),
    host: host(),
    stats: stats({ used: 300 * MIB }),
    events: events(),
    census: ONE_PROCESS,
    environment: environment(),
    logs: logs(),
    cgroup: cgroup(),
    kernel: kernel(),
    history: CALM,
    ...more,
  };
}

/** The same of a stopped container: what needs a running one could not be read. */
export function stoppedScene(more: Scene): Scene {
  const { stats: _stats, census: _census, cgroup: _cgroup, ...rest } = scene(more);
  return rest;
}

/** The incident of the seed: Kong with 36 workers and a master on 32 cores, a quota of 2, at its 2 GiB. */
export function kongScene(more: Scene = {}): Scene {
  return scene({
    state: state({
      name: "kong",
      image: "kong/kong-gateway:3.4",
      commandLine: "/docker-entrypoint.sh kong docker-start",
      composeService: "kong",
      resources: { memoryLimitBytes: 2 * GIB, cpuQuotaCores: 2 },
    }),
    host: host({ cores: 32, memoryBytes: 62.8 * GIB }),
    stats: stats({ used: 2047.8 * MIB, limit: 2 * GIB, cpuPercent: 208.24 }),
    events: events([2, "oom"]),
    census: census([
      {
        program: "nginx",
        server: "nginx",
        role: "worker",
        count: 36,
        rssBytes: 36 * 200 * MIB,
        pssBytes: 36 * 55 * MIB,
        args: "nginx: worker process",
      },
      {
        program: "nginx",
        server: "nginx",
        role: "master",
        count: 1,
        rssBytes: 60 * MIB,
        pssBytes: 20 * MIB,
        args: "nginx: master process /usr/local/openresty/nginx/sbin/nginx -p /usr/local/kong",
      },
    ]),
    environment: environment({ name: "KONG_NGINX_WORKER_PROCESSES", value: "auto", of: "kong", kind: "workers", auto: true }),
    logs: logs(
      {
        name: "worker event bus timeout",
        kind: "event-bus",
        of: "kong",
        count: 4211,
        sample: "init.lua:63: flush_data(): error occurred during counters data flush: receive_message: failed to get type: timeout",
      },
      { name: "worker exited on signal 9", kind: "worker-killed", of: "nginx", sample: "worker process 507368 exited on signal 9" },
    ),
    cgroup: cgroup({ limitBytes: 2 * GIB, oomKills: 1, limitHits: 900, hostTotalBytes: 62.8 * GIB }),
    kernel: kernel([{ process: "nginx", pid: 3132549, anonRssBytes: 58 * MIB, limitBytes: 2 * GIB }]),
    history: history(
      Array.from({ length: 40 }, (_each, at) => (1500 + at * 12) * MIB),
      trend("plateau", "levelled off near its limit"),
      { limit: 2 * GIB },
    ),
    ...more,
  });
}
