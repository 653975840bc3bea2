/** The watch on real containers: idle ones, as many as are asked for, and some that are killed. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createContainerHosts } from "../../src/adapters/docker/container-hosts.ts";
import { openScenes, type Scenes } from "../lab/containers/scenes.ts";
import { daemonSocket, startDockerProxy, type DockerProxy } from "../lab/docker-proxy.ts";
import type { LabSlack } from "../lab/slack/index.ts";
import { median } from "./figures.ts";
import { reached } from "./reached.ts";
import { bareSeconds, followRounds, idleMiB, rememberAWeek, startWatching, WAIT_MS, watchRounds, type Beside } from "./watch-rounds.ts";

export type RealFigures = {
  readonly containers: number;
  /** The slowest of some rounds; memory is read from the kernel's files, where this machine lets it. */
  readonly secondsForAll: number;
  /** One round in which the daemon alone is asked, as of a host that is not this machine. */
  readonly secondsForAllAsked: number;
  readonly mostCallsAtOnce: number;
  /** Highest resident memory in all of these above that with the watch off. */
  readonly extraMiB: number;
  readonly idleMiB: number;
  /** Bare: inspect and stats one after the other, of the first so many. */
  readonly bareSeconds: number;
  readonly bareContainers: number;
  /** From the kernel's kill, by the daemon's clock, to the thread's root in Slack: median and slowest. */
  readonly killToThreadMs: number;
  readonly killToThreadMaxMs: number;
  /** To the words that say so. */
  readonly killToNoteMs: number;
};

const ROUNDS = 2;
const BARE_CONTAINERS = 20;
const KILLS = 7;
const BETWEEN_KILLS_MS = 5_000;
/** `docker run` at the same time. */
const STARTED_AT_ONCE = 4;

/** Removes them all at the end, also when something fails on the way. */
export async function benchRealContainers(beside: Beside, count: number): Promise<RealFigures> {
  const crowd = openScenes(`crowd-${process.pid}-${Date.now()}`);
  try {
    return await measureCrowd(beside, await startCrowd(crowd, count));
  } finally {
    await crowd.end();
  }
}

/** Returns their names. */
async function startCrowd(crowd: Scenes, count: number): Promise<readonly string[]> {
  const names = Array.from({ length: count }, (_, index) => `oomph-lab-${crowd.run}-${index}`);
  const next = names.values();
  let there = 0;
  const startNext = async (): Promise<void> => {
    for (const name of next) {
      await crowd.idle({ name });
      there += 1;
      if (there % 100 === 0) process.stderr.write(`  ${there} containers\n`);
    }
  };
  await Promise.all(Array.from({ length: STARTED_AT_ONCE }, startNext));
  return names;
}

async function measureCrowd(beside: Beside, names: readonly string[]): Promise<RealFigures> {
  const directory = await mkdtemp(join(tmpdir(), "oomph-bench-"));
  const [near, far] = [await startDockerProxy(), await startDockerProxy({ isOnPort: true })];
  const scenes = openScenes();
  try {
    await rememberAWeek(directory, names);
    const watch = { directory, watch: [...names, `oomph-lab-${scenes.run}*`] };
    const local = { ...watch, url: `unix://${near.path}` };
    const idle = await idleMiB(beside, local);
    const rounds = await watchRounds(beside, local, ROUNDS);
    const asked = await watchRounds(beside, { ...watch, url: `tcp://127.0.0.1:${far.port}` }, 1);
    const bare = new Set(names.slice(0, BARE_CONTAINERS).map((name) => `/${name}`));
    return {
      containers: names.length,
      secondsForAll: rounds.slowestMs / 1000,
      secondsForAllAsked: asked.slowestMs / 1000,
      mostCallsAtOnce: Math.max(near.mostAtOnce(), far.mostAtOnce()),
      extraMiB: Math.max(rounds.highestMiB, asked.highestMiB) - idle,
      idleMiB: idle,
      bareSeconds: await bareSeconds(daemonSocket(), (name) => bare.has(name)),
      bareContainers: bare.size,
      ...(await benchKills(beside, scenes, { ...watch, url: `unix://${daemonSocket()}` })),
    };
  } finally {
    await scenes.end();
    await Promise.all([near, far].map((proxy: DockerProxy) => proxy.close()));
    await rm(directory, { recursive: true, force: true });
  }
}

/** While the others are looked at again and again. */
async function benchKills(
  beside: Beside,
  scenes: Scenes,
  watching: Parameters<typeof startWatching>[1],
): Promise<Pick<RealFigures, "killToThreadMs" | "killToThreadMaxMs" | "killToNoteMs">> {
  await rm(join(watching.directory, "oomph.log"));
  const oomph = await startWatching(beside, watching);
  try {
    await followRounds(oomph, 1);
    const told = await killsToThreads({ slack: beside.slack, scenes });
    return {
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
