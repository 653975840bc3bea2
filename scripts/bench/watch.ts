/**
 * The watch: a thousand containers in one round, what that takes of memory, and how soon a kill is told. No machine of ours
 * runs a thousand containers, so a daemon of the lab answers for them, with a real one's answers and after its
 * time; beside it the same with as many real ones as there is room for.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { Agent, get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "../../src/adapters/sql/open-store.ts";
import { createContainerHosts } from "../../src/adapters/docker/container-hosts.ts";
import { thinReadings } from "../../src/domain/trend/thin-readings.ts";
import type { MemoryReading } from "../../src/domain/memory.ts";
import { openScenes, type Scenes } from "../lab/containers/scenes.ts";
import { startDaemon, type LabDaemon } from "../lab/daemon/daemon.ts";
import { findDocker } from "../lab/docker.ts";
import { daemonSocket } from "../lab/docker-proxy.ts";
import { startOomph, type OomphLab } from "../lab/oomph.ts";
import { startRedis, type RedisLab } from "../lab/redis.ts";
import { startSlack, type LabSlack } from "../lab/slack/index.ts";
import { median, residentMiB } from "./figures.ts";

export type WatchFigures = {
  readonly containers: number;
  /** The slowest of some rounds, from asking for the list to the last verdict; each container has a week of readings. */
  readonly secondsFor1000: number;
  /**
   * The same on a daemon that tells figures once a second, as Docker 20.10 does: 1,000 containers, 20 calls at once, 50 s at the
   * least.
   */
  readonly secondsFor1000Ticking: number;
  readonly mostCallsAtOnce: number;
  /** Highest resident memory in these rounds above that of the same process with the watch off. */
  readonly extraMiB: number;
  readonly idleMiB: number;
  /** Bare: inspect and stats one after the other, stored and weighed nowhere. */
  readonly bareSecondsFor1000: number;
  /** What the lab's daemon waits before each answer. */
  readonly answerMs: number;
  readonly real?: RealFigures;
};

type RealFigures = {
  readonly containers: number;
  readonly secondsForAll: number;
  readonly bareSecondsForAll: number;
  /** From the kernel's kill, by the daemon's clock, to the thread's root in Slack: median and slowest. */
  readonly killToThreadMs: number;
  readonly killToThreadMaxMs: number;
  /** To the words that say so. */
  readonly killToNoteMs: number;
};

const CONTAINERS = 1_000;
const REAL_CONTAINERS = 20;
const KILLS = 7;
const ROUNDS = 2;
/** What a real daemon takes for inspect, and for the first figures: 1 to 4 ms. */
const ANSWER_MS = 3;
/** As in the part `memory`: by then V8 has given back what starting took, and idle is not counted too high. */
const REST_MS = 90_000;
const BETWEEN_KILLS_MS = 5_000;
const WAIT_MS = 180_000;
const MIB = 2 ** 20;

export async function benchWatch(): Promise<WatchFigures & { readonly killToThreadMs?: number }> {
  const queue = await startRedis({ policy: "noeviction", lines: ["appendonly yes"] });
  const slack = await startSlack();
  const scenes = openScenes();
  try {
    const hasDocker = (await findDocker()).kind === "there";
    const real = hasDocker ? await onRealDocker({ queue, slack, scenes }) : undefined;
    const many = await onMany({ queue, slack });
    return real === undefined ? many : { ...many, killToThreadMs: real.killToThreadMs, real };
  } finally {
    await scenes.end();
    await Promise.all([slack.stop(), queue.stop()]);
  }
}

type Beside = { readonly queue: RedisLab; readonly slack: LabSlack };

async function onMany(beside: Beside): Promise<WatchFigures> {
  const daemon = await startDaemon();
  const directory = await mkdtemp(join(tmpdir(), "oomph-bench-"));
  try {
    for (let index = 0; index < CONTAINERS; index += 1) daemon.put(nameOf(index), { usageBytes: usageOf(index, 0) });
    await rememberAWeek(join(directory, "oomph.sqlite"));
    daemon.answerAfterMs = ANSWER_MS;
    const bareSecondsFor1000 = await bareSeconds(daemon.path);
    const idleMiB = await idle(beside, daemon, directory);
    const oomph = await startOomph({
      ...beside,
      queueUrl: beside.queue.url,
      connections: {},
      access: {},
      directory,
      sections: sectionsFor(daemon.url),
    });
    const rounds = await watchRounds(oomph, ROUNDS);
    await oomph.stop();
    const [callsAtOnce, ticking] = [daemon.calls.mostAtOnce, await tickingRound(beside, daemon, directory)];
    return {
      containers: CONTAINERS,
      secondsFor1000: rounds.slowestMs / 1000,
      secondsFor1000Ticking: ticking.slowestMs / 1000,
      mostCallsAtOnce: callsAtOnce,
      extraMiB: Math.max(rounds.highestMiB, ticking.highestMiB) - idleMiB,
      idleMiB,
      bareSecondsFor1000,
      answerMs: ANSWER_MS,
    };
  } finally {
    await daemon.close();
    await rm(directory, { recursive: true, force: true });
  }
}

async function tickingRound(beside: Beside, daemon: LabDaemon, directory: string): Promise<Rounds> {
  daemon.isTicking = true;
  await rm(join(directory, "oomph.log"));
  const sections = sectionsFor(daemon.url);
  const oomph = await startOomph({ ...beside, queueUrl: beside.queue.url, connections: {}, access: {}, directory, sections });
  const rounds = await watchRounds(oomph, 1);
  await oomph.stop();
  return rounds;
}

function nameOf(index: number): string {
  return `shop-web-${index}`;
}

/** Different from container to container, swinging by a day. */
function usageOf(index: number, atMs: number): number {
  return Math.round((150 + (index % 100) + 20 * Math.sin(index + atMs / 14_000_000)) * MIB);
}

async function rememberAWeek(path: string): Promise<void> {
  const store = await openStore({ kind: "sqlite", path, busyTimeoutMs: 5_000 });
  const nowMs = Date.now();
  for (let index = 0; index < CONTAINERS; index += 1) {
    const week = Array.from({ length: 7 * 288 }, (_, at): MemoryReading => {
      const atMs = nowMs - (7 * 288 - at) * 300_000;
      return { atMs, usageBytes: usageOf(index, atMs) + (at % 7) * MIB, limitBytes: 512 * MIB, startedAtMs: nowMs - 8 * 86_400_000 };
    });
    await store.readings.add(thinReadings(week, nowMs).map((reading) => ({ targetKey: `docker/${nameOf(index)}`, reading })));
  }
  await store.close();
}

function sectionsFor(url: string, watch: readonly string[] = ["*"]) {
  return {
    docker: { connections: { local: { url, watch } } },
    watch: { every: "1s", weekly: false, monthly: false },
  };
}

async function idle(beside: Beside, daemon: LabDaemon, directory: string): Promise<number> {
  const sections = { ...sectionsFor(daemon.url), watch: { enabled: false } };
  const oomph = await startOomph({ ...beside, queueUrl: beside.queue.url, connections: {}, access: {}, directory, sections });
  try {
    await new Promise((resolve) => setTimeout(resolve, REST_MS));
    return await memoryOf(oomph);
  } finally {
    await oomph.stop();
  }
}

type Rounds = { readonly slowestMs: number; readonly highestMiB: number };

/** How long rounds took by its own log, and how much memory the process held while they went on. */
async function watchRounds(oomph: OomphLab, wanted: number): Promise<Rounds> {
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

async function memoryOf(oomph: OomphLab): Promise<number> {
  return residentMiB(await readFile(`/proc/${oomph.pid}/status`, "utf8"));
}

/** What a short script does: the list, and for each container its state and its figures, one call after the other. */
async function bareSeconds(socketPath: string, only: (name: string) => boolean = () => true): Promise<number> {
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

async function onRealDocker({ queue, slack, scenes }: Beside & { readonly scenes: Scenes }): Promise<RealFigures> {
  const prefix = `oomph-lab-${scenes.run}`;
  for (let index = 0; index < REAL_CONTAINERS; index += 1) await scenes.steady({ mib: 8, limitMib: 96 });
  const bareSecondsForAll = await bareSeconds(daemonSocket(), (name) => name.startsWith(`/${prefix}`));
  const url = `unix://${daemonSocket()}`;
  const oomph = await startOomph({ slack, queueUrl: queue.url, connections: {}, access: {}, sections: sectionsFor(url, [`${prefix}*`]) });
  try {
    const { slowestMs } = await watchRounds(oomph, ROUNDS);
    const told = await killsToThreads({ slack, scenes });
    return {
      containers: REAL_CONTAINERS,
      secondsForAll: slowestMs / 1000,
      bareSecondsForAll,
      killToThreadMs: median(told.map(({ threadMs }) => threadMs)),
      killToThreadMaxMs: Math.max(...told.map(({ threadMs }) => threadMs)),
      killToNoteMs: median(told.map(({ noteMs }) => noteMs)),
    };
  } finally {
    await oomph.stop();
  }
}

type Told = { readonly threadMs: number; readonly noteMs: number };

/** One after the other, each in a container of its own, with the time that Slack asks for between posts in a channel. */
async function killsToThreads({ slack, scenes }: { readonly slack: LabSlack; readonly scenes: Scenes }): Promise<readonly Told[]> {
  const hosts = createContainerHosts(
    [{ name: "local", endpoint: { kind: "socket", path: daemonSocket() }, connectTimeoutMs: 5_000, callTimeoutMs: 10_000 }],
    { log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined } },
  );
  const posted: { readonly atMs: number; readonly text: string; readonly isRoot: boolean }[] = [];
  const stop = slack.onOwnMessage((message, change) => {
    if (change === "posted")
      posted.push({
        atMs: Date.now(),
        text: `${message.text}${JSON.stringify(message.blocks ?? [])}`,
        isRoot: message.thread_ts === undefined,
      });
  });
  const told: Told[] = [];
  for (let index = 0; index < KILLS; index += 1) {
    const { id, name } = await scenes.leak({ mibPerSecond: 100, limitMib: 64 });
    const about = (): typeof posted => posted.filter(({ text }) => text.includes(name));
    await reached(() => about().some(({ text }) => text.includes("Killed for want of memory")), "a note of the kill");
    const events = await hosts.host("local").pastEvents({ sinceMs: Date.now() - WAIT_MS, untilMs: Date.now(), container: id });
    const killedAtMs = events.find(({ action }) => action === "oom")?.atMs ?? Number.NaN;
    const note = about().find(({ text }) => text.includes("Killed for want of memory"));
    const root = about().find(({ isRoot }) => isRoot);
    told.push({ threadMs: (root?.atMs ?? Number.NaN) - killedAtMs, noteMs: (note?.atMs ?? Number.NaN) - killedAtMs });
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_KILLS_MS));
  }
  stop();
  await hosts.close();
  return told;
}

async function reached(condition: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + WAIT_MS;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`expected ${what} within ${WAIT_MS / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
