import { formatBytes } from "./bytes.ts";

/** Programs that do their work in a number of like processes. */
export type WorkerServer =
  | "kong"
  | "nginx"
  | "puma"
  | "unicorn"
  | "gunicorn"
  | "uwsgi"
  | "php-fpm"
  | "node"
  | "sidekiq"
  | "celery"
  | "postgres"
  | "apache";

/** What a container has to live on. Bytes; cores as CPU time: half a core is 0.5. */
export type Room = {
  readonly cores: number;
  /** Absent: no limit of its own. */
  readonly limitBytes?: number;
  /** Absent: not known, and then no limit is raised above twice what it is. */
  readonly hostBytes?: number;
};

/** What the processes of a server take. */
export type WorkerLoad = {
  readonly server: WorkerServer;
  /** Of one worker, proportional share where known. */
  readonly perWorkerBytes: number;
  /** What is not workers: the master, caches, tmpfs. */
  readonly baseBytes: number;
  /** The container is at its limit: its workers are measured smaller than they would be with room. */
  readonly squeezed: boolean;
};

export type WorkerSizing = {
  readonly workers: number;
  /** What one worker is planned with. */
  readonly perWorkerBytes: number;
  readonly neededBytes: number;
  /** The limit to set; absent: the present one holds them, or there is none. */
  readonly limitBytes?: number;
  /** Each step of the arithmetic, as a sentence with units. */
  readonly says: readonly string[];
};

// Use that stays below this share of the limit never reaches the first warning (70%) in a quiet hour.
const CALM_SHARE = 0.6;
// With less of the limit free, a busy hour ends in a kill.
const LEAST_HEADROOM = 0.2;
// A host needs something for itself and for its other containers.
const HOST_SHARE = 0.75;
const MAX_RAISE_WITHOUT_HOST = 2;
const SQUEEZED_SHARE = 0.85;
// By how much a worker is planned larger than it was measured in a container without room.
const SQUEEZED_FACTOR = 1.5;
const MEBIBYTE = 2 ** 20;
const GIBIBYTE = 2 ** 30;

// Event loops wait for others most of the time and take several to a core; interpreters that compute take about one.
const WORKERS_PER_CORE: Readonly<Record<WorkerServer, number>> = {
  kong: 4,
  nginx: 4,
  puma: 2,
  unicorn: 2,
  gunicorn: 2,
  uwsgi: 2,
  "php-fpm": 8,
  node: 1,
  sidekiq: 1,
  celery: 1,
  postgres: 8,
  apache: 8,
};

// However small it was held, no worker is planned larger than so many times what was measured.
const MOST_SQUEEZED_FACTOR = 5;
// What a busy worker settles at in production, where that is known: about 250 MB for Kong with its plugins.
const GROWN_WORKER_BYTES: Readonly<Partial<Record<WorkerServer, number>>> = { kong: 250_000_000 };

/** Whether workers are measured smaller than they would be with room. The share is of the limit that is used. */
export function isSqueezed(usedShare: number, killed: boolean): boolean {
  return killed || usedShare >= SQUEEZED_SHARE;
}

/** How many workers the CPU time of a container feeds: at least one. */
export function workersForCores(server: WorkerServer, cores: number): number {
  return Math.max(1, Math.floor(cores * WORKERS_PER_CORE[server] + 1e-6));
}

/** How many workers fit under a limit with calm use: none may. */
export function workersThatFit(limitBytes: number, perWorkerBytes: number, baseBytes: number): number {
  if (perWorkerBytes <= 0) return 0;
  return Math.max(0, Math.floor((limitBytes * CALM_SHARE - baseBytes) / perWorkerBytes));
}

/** The limit under which so much use is calm: rounded up to 64 MiB below 1 GiB, to 256 MiB below 2 GiB, then to whole GiB. */
export function limitFor(neededBytes: number): number {
  const bytes = neededBytes / CALM_SHARE;
  return Math.ceil(bytes / grain(bytes)) * grain(bytes);
}

/** Whether a limit of this size can be given: the host's memory, or twice the present limit where that is not known. */
export function highestLimit({ limitBytes, hostBytes }: Room): number | undefined {
  if (hostBytes !== undefined) return roundDown(hostBytes * HOST_SHARE);
  return limitBytes === undefined ? undefined : limitBytes * MAX_RAISE_WITHOUT_HOST;
}

/** The limit that helps a load that has outgrown its own: calm with it, and no more than can be given. Undefined: no room. */
export function raisedLimit(usedBytes: number, room: Room): number | undefined {
  const { limitBytes } = room;
  if (limitBytes === undefined) return undefined;
  const wanted = Math.max(limitFor(usedBytes), limitFor(limitBytes * CALM_SHARE));
  const bytes = Math.min(wanted, highestLimit(room) ?? wanted);
  return bytes > limitBytes * 1.1 ? bytes : undefined;
}

/** How many workers, and under which limit: what the CPU time feeds, or fewer where memory cannot hold so many. */
export function sizeWorkers(load: WorkerLoad, room: Room): WorkerSizing {
  const perWorkerBytes = plannedWorkerBytes(load);
  const byCpu = workersForCores(load.server, room.cores);
  const ceiling = highestLimit(room);
  const largest = Math.max(ceiling ?? 0, room.limitBytes ?? 0);
  const byMemory = largest === 0 ? byCpu : Math.max(1, workersThatFit(largest, perWorkerBytes, load.baseBytes));
  const workers = Math.min(byCpu, byMemory);
  const neededBytes = Math.round(workers * perWorkerBytes + load.baseBytes);
  const limitBytes = limitWanted(neededBytes, room, ceiling);
  const says = [
    `${cores(room.cores)} × ${WORKERS_PER_CORE[load.server]} workers per core = ${byCpu}${workers < byCpu ? `, of which memory holds ${workers}` : ""}`,
    plannedInWords(load, perWorkerBytes),
    `${workers} × ${formatBytes(perWorkerBytes)} + ${formatBytes(load.baseBytes)} for the rest = ${formatBytes(neededBytes)}`,
    limitInWords(neededBytes, limitBytes ?? room.limitBytes, limitBytes !== undefined),
  ];
  return { workers, perWorkerBytes, neededBytes, ...(limitBytes === undefined ? {} : { limitBytes }), says };
}

/** What so many workers take, and whether a limit holds them: for a number that somebody has chosen. */
export function sizeChosen(
  load: WorkerLoad,
  { workers, limitBytes }: { readonly workers: number; readonly limitBytes?: number | undefined },
): Pick<WorkerSizing, "perWorkerBytes" | "neededBytes" | "says"> & {
  readonly fits: boolean;
  /** The limit to take instead; absent: with the given one a fifth of it or more stays free. */
  readonly betterLimitBytes?: number;
} {
  const perWorkerBytes = plannedWorkerBytes(load);
  const neededBytes = Math.round(workers * perWorkerBytes + load.baseBytes);
  const says = [
    plannedInWords(load, perWorkerBytes),
    `${workers} × ${formatBytes(perWorkerBytes)} + ${formatBytes(load.baseBytes)} for the rest = ${formatBytes(neededBytes)}`,
    limitInWords(neededBytes, limitBytes, true),
  ];
  const tight = limitBytes !== undefined && neededBytes > limitBytes * (1 - LEAST_HEADROOM);
  return {
    perWorkerBytes,
    neededBytes,
    says,
    fits: limitBytes === undefined || neededBytes <= limitBytes,
    ...(tight ? { betterLimitBytes: limitFor(neededBytes) } : {}),
  };
}

function plannedWorkerBytes({ server, perWorkerBytes, squeezed }: WorkerLoad): number {
  if (!squeezed) return Math.round(perWorkerBytes);
  const grownBytes = Math.min(GROWN_WORKER_BYTES[server] ?? 0, perWorkerBytes * MOST_SQUEEZED_FACTOR);
  return Math.round(Math.max(perWorkerBytes * SQUEEZED_FACTOR, grownBytes));
}

function plannedInWords({ perWorkerBytes, squeezed }: WorkerLoad, plannedBytes: number): string {
  const measured = formatBytes(Math.round(perWorkerBytes));
  if (!squeezed) return `a worker takes ${measured}`;
  return `a worker takes ${measured} now, held small by the limit: planned with ${formatBytes(plannedBytes)}`;
}

function limitWanted(neededBytes: number, { limitBytes }: Room, ceiling: number | undefined): number | undefined {
  if (limitBytes === undefined || neededBytes <= limitBytes * CALM_SHARE) return undefined;
  const bytes = Math.min(limitFor(neededBytes), ceiling ?? Number.POSITIVE_INFINITY);
  return bytes > limitBytes ? bytes : undefined;
}

function limitInWords(neededBytes: number, limitBytes: number | undefined, raised: boolean): string {
  if (limitBytes === undefined) return "no limit is set: the host's memory is the limit";
  const share = `${Math.round((neededBytes / limitBytes) * 100)}%`;
  return `${share} of ${raised ? "a limit of" : "the present limit of"} ${formatBytes(limitBytes)}`;
}

function cores(count: number): string {
  const shown = Number.isInteger(count) ? String(count) : count.toFixed(1);
  return `${shown} ${count === 1 ? "core" : "cores"}`;
}

function grain(bytes: number): number {
  if (bytes >= 2 * GIBIBYTE) return GIBIBYTE;
  return bytes >= GIBIBYTE ? 256 * MEBIBYTE : 64 * MEBIBYTE;
}

function roundDown(bytes: number): number {
  return Math.floor(bytes / (64 * MEBIBYTE)) * 64 * MEBIBYTE;
}
