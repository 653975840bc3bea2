import type { Picture } from "./picture.ts";
import type { Pods } from "./schema.ts";

/** What the rules go by. Undefined: not read. */
export type Figures = {
  readonly usedBytes: number | undefined;
  readonly allocatableBytes: number | undefined;
  /** Of what it has for pods, 0 to 1 and above. */
  readonly share: number | undefined;
  readonly limitShare: number | undefined;
  readonly pressed: boolean;
  readonly pressureSinceMs: number | undefined;
  /** Names of processes killed because the node had none left, the newest last. */
  readonly globalKills: readonly string[];
  readonly lastKillAtMs: number | undefined;
  readonly systemOoms: number;
  /** For want of memory, or for a reason that is not told. */
  readonly evicted: Pods["evicted"];
};

const RECENT_MS = 3_600_000;
const OTHER_RESOURCE = /ephemeral-storage|inodes|nodefs|imagefs|pid/i;

/** Pure. */
export function figuresOf({ state, pods, events, kernel }: Picture): Figures {
  const { facts, usage, atMs = 0 } = state?.value ?? {};
  const usedBytes = usage?.workingSetBytes;
  const allocatableBytes = facts?.allocatableBytes;
  const pressure = facts?.conditions.find(({ type }) => type === "MemoryPressure");
  const kills = (kernel?.value.kills ?? []).filter(({ constraint }) => constraint === "global");
  const times = kills.flatMap(({ atMs: killedAtMs }) => killedAtMs ?? []);
  const recent = (events?.value.events ?? []).filter(
    ({ reason, lastAtMs }) => reason === "SystemOOM" && (lastAtMs ?? 0) > atMs - RECENT_MS,
  );
  return {
    usedBytes,
    allocatableBytes,
    share: shareOf(usedBytes, allocatableBytes),
    limitShare: shareOf(pods?.value.limitBytes, allocatableBytes),
    pressed: pressure?.status === "True",
    pressureSinceMs: pressure?.changedAtMs,
    globalKills: kills.map(({ process }) => process),
    lastKillAtMs: times.length === 0 ? undefined : Math.max(...times),
    systemOoms: recent.reduce((sum, { count }) => sum + Math.max(1, count), 0),
    evicted: (pods?.value.evicted ?? []).filter(({ message }) => /memory/i.test(message) || !OTHER_RESOURCE.test(message)),
  };
}

function shareOf(bytes: number | undefined, of: number | undefined): number | undefined {
  return bytes === undefined || of === undefined || of === 0 ? undefined : bytes / of;
}
