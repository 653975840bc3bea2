import { messageOf } from "../../domain/errors.ts";
import { isoTime } from "../../domain/kernel-oom/log-time.ts";
import type { KernelKill } from "../../domain/kernel-oom/types.ts";
import { shareNext } from "../../domain/share-next.ts";
import type { Clock } from "../../ports/clock.ts";
import type { KernelLog, RecentKills } from "../../ports/kernel-log.ts";
import { readKmsg } from "./read-kmsg.ts";
import { readProgram } from "./read-program.ts";
import type { SourceReading } from "./source.ts";

export type KernelLogSettings = {
  /** Where the kernel's ring buffer is, as `/dev/kmsg`. */
  readonly kmsgPath: string;
  readonly journalctl: string;
  readonly dmesg: string;
  readonly timeoutMs: number;
  /** Milliseconds since the kernel started, by its own clock. */
  uptimeMs(): number;
};

/** As a host has them. */
export const HOST_KERNEL_LOG: KernelLogSettings = {
  kmsgPath: "/dev/kmsg",
  journalctl: "journalctl",
  dmesg: "dmesg",
  timeoutMs: 10_000,
  uptimeMs: () => Number(process.hrtime.bigint() / 1_000_000n), // CLOCK_MONOTONIC, which printk follows
};

/**
 * The kernel's log where Oomph runs, read in the first way that is allowed. Loads and holds nothing between two calls; of the ring,
 * which is always read whole, those who ask at the same time share a reading.
 */
export function createKernelLog(clock: Clock, settings: KernelLogSettings = HOST_KERNEL_LOG): KernelLog {
  const readRing = shareNext(() => readKmsg(settings.kmsgPath));
  return { recentKills: (sinceMs) => recentKills({ clock, settings, readRing, sinceMs }) };
}

type Asked = {
  readonly clock: Clock;
  readonly settings: KernelLogSettings;
  readonly sinceMs: number;
  readRing(): Promise<SourceReading>;
};
type Way = { readonly source: string; read(): Promise<SourceReading> };

async function recentKills(asked: Asked): Promise<RecentKills> {
  const refusals: string[] = [];
  for (const way of waysOf(asked)) {
    const read = await tried(way);
    if (read.kind === "read") return since(read, way.source, asked);
    refusals.push(`${way.source}: ${read.because}`);
  }
  return { kind: "unavailable", because: `the kernel's log could not be read. ${refusals.join("; ")}` };
}

function waysOf({ settings, sinceMs, readRing }: Asked): readonly Way[] {
  const { kmsgPath, journalctl, dmesg, timeoutMs } = settings;
  const from = `@${Math.floor(sinceMs / 1000)}`;
  return [
    { source: kmsgPath, read: readRing },
    {
      source: "journalctl",
      read: () => readProgram({ command: journalctl, args: ["-k", "-o", "json", "--no-pager", "--since", from], timeoutMs }),
    },
    { source: "dmesg", read: () => readProgram({ command: dmesg, args: [], timeoutMs }) },
  ];
}

async function tried(way: Way): Promise<SourceReading> {
  try {
    return await way.read();
  } catch (error) {
    return { kind: "refused", because: messageOf(error) };
  }
}

function since({ reading, oldestSeconds }: Extract<SourceReading, { kind: "read" }>, source: string, asked: Asked): RecentKills {
  const startedMs = asked.clock.nowMs() - asked.settings.uptimeMs();
  const kills = reading.kills
    .map((kill) => timed(kill, startedMs))
    .filter(({ time }) => time === null || Date.parse(time) >= asked.sinceMs);
  const oldestMs = oldestSeconds === undefined ? 0 : Math.round(startedMs + oldestSeconds * 1000);
  // A ring that still holds the start of the kernel has lost nothing.
  const isCut = oldestSeconds !== undefined && oldestSeconds > 1 && oldestMs > asked.sinceMs;
  return { kind: "read", source, kills, ...(isCut ? { onlySinceMs: oldestMs } : {}) };
}

/** The ring knows seconds since the kernel's start only. */
function timed(kill: KernelKill, startedMs: number): KernelKill {
  if (kill.time !== null || kill.uptimeSeconds === null) return kill;
  return { ...kill, time: isoTime(Math.round(startedMs + kill.uptimeSeconds * 1000)) };
}
