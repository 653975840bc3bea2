/** Rounds of the watch, looked at from outside: how long they take by its own log, and what memory the process holds meanwhile. */
import { readFile, rm } from "node:fs/promises";
import { Agent, get } from "node:http";
import { join } from "node:path";
import { openStore } from "../../src/adapters/sql/open-store.ts";
import { thinReadings } from "../../src/domain/trend/thin-readings.ts";
import type { MemoryReading } from "../../src/domain/memory.ts";
import { startOomph, type OomphLab } from "../lab/oomph.ts";
import type { RedisLab } from "../lab/redis.ts";
import type { LabSlack } from "../lab/slack/index.ts";
import { residentMiB } from "./figures.ts";

/** What runs beside Oomph. */
export type Beside = { readonly queue: RedisLab; readonly slack: LabSlack };

export type Rounds = { readonly slowestMs: number; readonly highestMiB: number };

type Watching = {
  /** Kept from start to start. */
  readonly directory: string;
  /** `url` of the Docker host. */
  readonly url: string;
  /** Names of containers, as `watch` of a connection has them; default: all. */
  readonly watch?: readonly string[];
};

/** As in the part `memory`: by then V8 has given back what starting took, and idle is not counted too high. */
const REST_MS = 90_000;
export const WAIT_MS = 180_000;
const MIB = 2 ** 20;

/** Oomph as it is shipped, looking at its containers again as soon as it may. */
export function startWatching(beside: Beside, { directory, url, watch = ["*"] }: Watching, isOn = true): Promise<OomphLab> {
  const sections = {
    docker: { connections: { local: { url, watch } } },
    watch: isOn ? { every: "1s", weekly: false, monthly: false } : { enabled: false },
  };
  return startOomph({ ...beside, queueUrl: beside.queue.url, connections: {}, access: {}, directory, sections });
}

/** So many rounds of a process that is started for them. */
export async function watchRounds(beside: Beside, watching: Watching, wanted: number): Promise<Rounds> {
  await rm(join(watching.directory, "oomph.log"), { force: true });
  const oomph = await startWatching(beside, watching);
  try {
    return await followRounds(oomph, wanted);
  } finally {
    await oomph.stop();
  }
}

/** Until so many are over. */
export async function followRounds(oomph: OomphLab, wanted: number): Promise<Rounds> {
  const deadline = Date.now() + WAIT_MS;
  let highestMiB = 0;
  for (;;) {
    highestMiB = Math.max(highestMiB, await memoryOf(oomph));
    const took = [...(await oomph.log()).matchAll(/"tookMs":(\d+).*?looked at every watched container/g)].map(([, ms]) => Number(ms));
    if (took.length >= wanted) return { slowestMs: Math.max(...took), highestMiB };
    if (Date.now() > deadline)
      throw new Error(`expected ${wanted} rounds of the watch within ${WAIT_MS / 1000} s, there were ${took.length}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** What the same process holds with the watch off. */
export async function idleMiB(beside: Beside, watching: Watching): Promise<number> {
  const oomph = await startWatching(beside, watching, false);
  try {
    await new Promise((resolve) => setTimeout(resolve, REST_MS));
    return await memoryOf(oomph);
  } finally {
    await oomph.stop();
  }
}

async function memoryOf(oomph: OomphLab): Promise<number> {
  return residentMiB(await readFile(`/proc/${oomph.pid}/status`, "utf8"));
}

/** Different from container to container, swinging by a day. */
export function usageOf(index: number, atMs: number): number {
  return Math.round((150 + (index % 100) + 20 * Math.sin(index + atMs / 14_000_000)) * MIB);
}

/** A week of readings of each, as if it had been watched all the time. */
export async function rememberAWeek(directory: string, names: readonly string[]): Promise<void> {
  const store = await openStore({ kind: "sqlite", path: join(directory, "oomph.sqlite"), busyTimeoutMs: 5_000 });
  const nowMs = Date.now();
  for (const [index, name] of names.entries()) {
    const week = Array.from({ length: 7 * 288 }, (_, at): MemoryReading => {
      const atMs = nowMs - (7 * 288 - at) * 300_000;
      return { atMs, usageBytes: usageOf(index, atMs) + (at % 7) * MIB, limitBytes: 512 * MIB, startedAtMs: nowMs - 8 * 86_400_000 };
    });
    await store.readings.add(thinReadings(week, nowMs).map((reading) => ({ targetKey: `docker/${name}`, reading })));
  }
  await store.close();
}

/** What a short script does: the list, and for each container its state and its figures, one call after the other. */
export async function bareSeconds(socketPath: string, only: (name: string) => boolean = () => true): Promise<number> {
  const agent = new Agent({ keepAlive: true });
  const ask = (path: string): Promise<unknown> =>
    new Promise((resolve, reject) => {
      get({ agent, socketPath, path, headers: { Host: "docker" } }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => resolve(JSON.parse(Buffer.concat(chunks).toString("utf8"))));
      }).on("error", reject);
    });
  const began = performance.now();
  const all = (await ask("/containers/json")) as { readonly Id: string; readonly Names: readonly string[] }[];
  for (const { Id } of all.filter(({ Names }) => only(Names[0] ?? ""))) {
    await ask(`/containers/${Id}/json`);
    await ask(`/containers/${Id}/stats?stream=false&one-shot=true`);
  }
  agent.destroy();
  return (performance.now() - began) / 1000;
}
