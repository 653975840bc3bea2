import type { ContainerFacts, ContainerResources, ContainerSummary } from "../../ports/containers.ts";
import type { HostConfig, Inspected, Listed } from "./schema.ts";

const MAX_HEALTH_TEXT = 2000;
const DEFAULT_CPU_PERIOD = 100_000;

/** One entry of the list. */
export function readListed(listed: Listed): ContainerSummary {
  return {
    id: listed.Id,
    name: ownName(listed.Names),
    image: listed.Image,
    state: listed.State,
    createdAtMs: listed.Created * 1000,
    labels: listed.Labels,
  };
}

/** What `inspect` says. */
export function readInspected({ Id, Name, Image, Created, State, Config, ...rest }: Inspected): ContainerFacts {
  const { startedAtMs, finishedAtMs } = { startedAtMs: timeOf(State.StartedAt), finishedAtMs: timeOf(State.FinishedAt) };
  return {
    id: Id,
    name: withoutSlash(Name),
    image: Config.Image,
    imageId: Image,
    state: State.Status,
    createdAtMs: timeOf(Created) ?? 0,
    labels: Config.Labels,
    exitCode: State.ExitCode,
    oomKilled: State.OOMKilled,
    error: State.Error,
    pid: State.Pid,
    ...(startedAtMs === undefined ? {} : { startedAtMs }),
    ...(finishedAtMs === undefined ? {} : { finishedAtMs }),
    restartCount: rest.RestartCount,
    restartPolicy: restartPolicy(rest.HostConfig),
    ...healthOf(State),
    entrypoint: Config.Entrypoint,
    command: Config.Cmd,
    environment: Config.Env,
    networks: Object.keys(rest.NetworkSettings?.Networks ?? {}),
    tty: Config.Tty,
    resources: readResources(rest.HostConfig),
  };
}

/** `/kong` → `kong`. */
export function withoutSlash(name: string): string {
  return name.replace(/^\//, "");
}

function readResources(config: HostConfig): ContainerResources {
  const { CpusetCpus: cpuset } = config;
  const quota = config.CpuQuota ?? 0;
  const cores = config.NanoCpus ? config.NanoCpus / 1e9 : quota / (config.CpuPeriod || DEFAULT_CPU_PERIOD);
  return {
    ...(config.Memory ? { memoryLimitBytes: config.Memory } : {}),
    ...(config.MemoryReservation ? { memoryReservationBytes: config.MemoryReservation } : {}),
    ...(config.MemorySwap ? { memorySwapBytes: config.MemorySwap < 0 ? "unlimited" : config.MemorySwap } : {}),
    oomKillDisabled: config.OomKillDisable ?? false,
    ...(cores > 0 ? { cpuQuotaCores: cores } : {}),
    ...(cpuset ? { cpuset, cpusetCores: countCores(cpuset) } : {}),
    ...((config.PidsLimit ?? 0) > 0 ? { pidsLimit: config.PidsLimit ?? 0 } : {}),
  };
}

/** `0-3,8` → 5. */
function countCores(cpuset: string): number {
  const cores = cpuset.split(",").flatMap((part) => {
    const [from = Number.NaN, to = from] = part.split("-").map(Number);
    return Number.isInteger(from) && to >= from ? Array.from({ length: to - from + 1 }, (_, index) => from + index) : [];
  });
  return new Set(cores).size;
}

/** Legacy links add names such as `/web/db`; its own has one slash. */
function ownName(names: readonly string[]): string {
  return withoutSlash(names.find((name) => name.lastIndexOf("/") <= 0) ?? names[0] ?? "");
}

function restartPolicy({ RestartPolicy: policy }: HostConfig): string {
  const name = policy?.Name || "no";
  const most = policy?.MaximumRetryCount ?? 0;
  return most > 0 ? `${name}:${most}` : name;
}

function healthOf({ Health: health }: Inspected["State"]): Pick<ContainerFacts, "health"> {
  if (health === null || health === undefined || health.Status === "none" || health.Status === "") return {};
  const lastOutput = (health.Log?.at(-1)?.Output ?? "").slice(0, MAX_HEALTH_TEXT);
  return { health: { status: health.Status, failingStreak: health.FailingStreak, lastOutput } };
}

/** Go's zero time, year 1, means never. */
function timeOf(text: string | null | undefined): number | undefined {
  const ms = Date.parse(text ?? "");
  return Number.isNaN(ms) || ms <= 0 ? undefined : ms;
}
