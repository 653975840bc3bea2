/**
 * The watch: a thousand containers in one round, what that takes of memory, and how soon a kill is told. A daemon of the lab
 * answers for them, with a real one's answers and after its time, so that it runs anywhere; beside it the same with as many
 * real ones as are asked for.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDaemon, type LabDaemon } from "../lab/daemon/daemon.ts";
import { findDocker } from "../lab/docker.ts";
import { startRedis } from "../lab/redis.ts";
import { startSlack } from "../lab/slack/index.ts";
import { benchRealContainers, type RealFigures } from "./watch-real.ts";
import { bareSeconds, idleMiB, rememberAWeek, usageOf, watchRounds, type Beside, type Rounds } from "./watch-rounds.ts";

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

const CONTAINERS = 1_000;
const ROUNDS = 2;
/** What a real daemon takes for inspect, and for the first figures: 1 to 4 ms. */
const ANSWER_MS = 3;

type Asked = {
  /** How many are started on this machine's daemon, where there is one. */
  readonly realContainers: number;
  readonly onlyReal: boolean;
};

export async function benchWatch({
  realContainers,
  onlyReal,
}: Asked): Promise<Partial<WatchFigures> & { readonly killToThreadMs?: number }> {
  const queue = await startRedis({ policy: "noeviction", lines: ["appendonly yes"] });
  const slack = await startSlack();
  try {
    const hasDocker = (await findDocker()).kind === "there";
    const real = hasDocker ? await benchRealContainers({ queue, slack }, realContainers) : undefined;
    const many = onlyReal ? {} : await onMany({ queue, slack });
    return real === undefined ? many : { ...many, killToThreadMs: real.killToThreadMs, real };
  } finally {
    await Promise.all([slack.stop(), queue.stop()]);
  }
}

async function onMany(beside: Beside): Promise<WatchFigures> {
  const daemon = await startDaemon();
  const directory = await mkdtemp(join(tmpdir(), "oomph-bench-"));
  const watching = { directory, url: daemon.url };
  const names = Array.from({ length: CONTAINERS }, (_, index) => `shop-web-${index}`);
  try {
    for (const [index, name] of names.entries()) daemon.put(name, { usageBytes: usageOf(index, 0) });
    await rememberAWeek(directory, names);
    daemon.answerAfterMs = ANSWER_MS;
    const bareSecondsFor1000 = await bareSeconds(daemon.path);
    const idle = await idleMiB(beside, watching);
    const rounds = await watchRounds(beside, watching, ROUNDS);
    const [callsAtOnce, ticking] = [daemon.calls.mostAtOnce, await tickingRound(beside, daemon, directory)];
    return {
      containers: CONTAINERS,
      secondsFor1000: rounds.slowestMs / 1000,
      secondsFor1000Ticking: ticking.slowestMs / 1000,
      mostCallsAtOnce: callsAtOnce,
      extraMiB: Math.max(rounds.highestMiB, ticking.highestMiB) - idle,
      idleMiB: idle,
      bareSecondsFor1000,
      answerMs: ANSWER_MS,
    };
  } finally {
    await daemon.close();
    await rm(directory, { recursive: true, force: true });
  }
}

function tickingRound(beside: Beside, daemon: LabDaemon, directory: string): Promise<Rounds> {
  daemon.isTicking = true;
  return watchRounds(beside, { directory, url: daemon.url }, 1);
}
