import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, vi } from "vitest";
import { startOomph, type OomphLab, type OomphLabOptions } from "../../../scripts/lab/oomph.ts";
import { fill, startRedis, type RedisLab } from "../../../scripts/lab/redis.ts";
import {
  controlsOf,
  createSlackClient,
  startSlack,
  type LabMessage,
  type LabModal,
  type LabSlack,
  type SlackClient,
  type StartSlackOptions,
} from "../../../scripts/lab/slack/index.ts";

/** Oomph as it is shipped, beside real servers and a local Slack, with what tests do to it and see of it. */
export type Scene = {
  readonly slack: LabSlack;
  readonly queue: RedisLab;
  readonly directory: string;
  /** As it runs now. */
  oomph(): OomphLab;
  people(): SlackClient;
  /** Starts it in the same folder, after it was killed or stopped; with other settings where they are given. */
  start(changed?: Partial<OomphLabOptions>): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** Ended in the order in which it was begun, last first. */
  atEnd(end: () => Promise<unknown>): void;
  /** Oomph's messages as they read now, in the order of their posting. */
  said(channel?: string): readonly LabMessage[];
  /** What only this person was told, whichever way. */
  toldOnly(user: string): readonly string[];
  stop(): Promise<void>;
};

export type SceneOptions = {
  readonly slack?: StartSlackOptions;
  /** `redis.connections`, and `access`, of oomph.yaml. */
  settings(slack: LabSlack, queue: RedisLab): Pick<OomphLabOptions, "connections" | "access"> & Partial<OomphLabOptions>;
  /** False: the servers only. */
  readonly started?: boolean;
};

/**
 * Verification is over soon, the dead are noticed soon, and the sweeper looks often: what tests wait for, in short. A lease is held as
 * long as by default: a process that a busy machine stops for some seconds loses a short one, and then stops its act.
 */
export const QUICK = {
  verification: { readings: 2, interval: "100ms" },
  jobs: { takeover: "20s", sweep: "1s", drain: "5s" },
} as const;

/** The same where a process is killed in the middle of an act: who takes that over waits until the lease has run out. */
export const QUICK_AFTER_KILL = { ...QUICK, jobs: { ...QUICK.jobs, lease: "8s" } } as const;

export async function setScene({ slack: people = {}, settings, started = true }: SceneOptions): Promise<Scene> {
  const ends: (() => Promise<unknown>)[] = [];
  const queue = await startRedis({ policy: "noeviction", lines: ["appendonly yes"] });
  ends.push(() => queue.stop());
  const slack = await startSlack(people);
  ends.push(() => slack.stop());
  const directory = await mkdtemp(join(tmpdir(), "oomph-e2e-"));
  ends.push(() => rm(directory, { recursive: true, force: true }));
  const said = listen(slack);
  let options: OomphLabOptions = { sections: QUICK, queueUrl: queue.url, ...settings(slack, queue), slack, directory };
  let running: { readonly oomph: OomphLab; readonly people: SlackClient } | undefined;

  function now(): { readonly oomph: OomphLab; readonly people: SlackClient } {
    if (running === undefined) throw new Error("Expected Oomph to have been started in this scene.");
    return running;
  }
  async function end(how: "kill" | "stop"): Promise<void> {
    running?.people.close();
    await running?.oomph[how]();
    running = undefined;
  }
  const scene: Scene = {
    slack,
    queue,
    directory,
    oomph: () => now().oomph,
    people: () => now().people,
    async start(changed = {}) {
      await end("stop");
      options = { ...options, ...changed };
      const oomph = await startOomph(options);
      const url = options.transport === "socket" ? {} : { url: oomph.eventsUrl };
      running = { oomph, people: createSlackClient({ slack, ...url }) };
    },
    kill: () => end("kill"),
    atEnd: (more) => void ends.push(more),
    said: (channel) => [...said.values()].filter((message) => channel === undefined || message.channel === slack.id(channel)),
    toldOnly: (user) => [...slack.ephemerals(), ...slack.responses()].filter((one) => one.user === slack.id(user)).map(({ text }) => text),
    async stop() {
      await end("stop");
      for (const one of ends.toReversed()) await one();
    },
  };
  if (started) await scene.start();
  return scene;
}

/** What was posted, with its edits, as Slack's readers have it before them. */
function listen(slack: LabSlack): ReadonlyMap<string, LabMessage> {
  const said = new Map<string, LabMessage>();
  slack.onOwnMessage((message) => {
    const key = `${message.channel}/${message.ts}`;
    said.set(key, { ...said.get(key), ...message });
  });
  return said;
}

/** A Redis with keys in database 0 that nobody would miss, examined as redis/<name>. */
export async function startTarget(scene: Pick<Scene, "atEnd">, keys = 500): Promise<RedisLab> {
  const target = await startRedis();
  scene.atEnd(() => target.stop());
  await fill(target, { keys, valueBytes: 20, prefix: "cache:" });
  return target;
}

/** How often a server was told to do something, by its own count. */
export async function callsOf(target: Pick<RedisLab, "client">, command: string): Promise<number> {
  return Number(new RegExp(`^cmdstat_${command}:calls=(\\d+)`, "m").exec(await target.client.info("commandstats"))?.[1] ?? 0);
}

/** Waits for something to be there. */
export function seen<Found>(what: string, look: () => Found | undefined | Promise<Found | undefined>, withinMs = 60_000): Promise<Found> {
  return vi.waitFor(
    async () => {
      const found = await look();
      if (found === undefined || found === false) throw new Error(`Expected ${what} within ${withinMs / 1000} s, it did not come.`);
      return found;
    },
    { timeout: withinMs, interval: 20 },
  );
}

export function has(message: LabMessage, actionId: string): boolean {
  return controlsOf(message.blocks ?? []).some((control) => control.actionId === actionId);
}

/** All that a reader has before them. */
export function textOf(message: Pick<LabMessage, "text" | "blocks">): string {
  return `${message.text}\n${JSON.stringify(message.blocks ?? [])}`;
}

/** Asks by `/oom run ...`, and waits for the card that it leads to in this channel. */
export async function ask(scene: Scene, who: { readonly user: string; readonly channel: string }, command: string): Promise<LabMessage> {
  const waiting = new Set(cards(scene, who.channel).map(({ ts }) => ts));
  await scene.people().command(who.user, who.channel, `/oom run ${command}`);
  const card = await seen(`a card for ${command}`, () => cards(scene, who.channel).find(({ ts }) => !waiting.has(ts))).catch(
    () => undefined,
  );
  if (card === undefined) throw new Error(`Expected a card for ${command}, got: ${scene.toldOnly(who.user).at(-1) ?? "no answer"}`);
  return card;
}

/** Messages that can be approved. */
export function cards(scene: Scene, channel: string): readonly LabMessage[] {
  return scene.said(channel).filter((message) => has(message, "request_approve") || has(message, "modal_approve"));
}

/** Presses a button that opens a dialog, and waits for it. */
export async function openDialog(
  scene: Scene,
  user: string,
  press: { readonly card: LabMessage; readonly control?: string },
): Promise<LabModal> {
  const before = scene.slack.modals().length;
  await scene.people().click(user, press.card, press.control ?? "modal_approve");
  return seen(`a dialog for ${user}`, () =>
    scene.slack
      .modals()
      .slice(before)
      .find((modal) => modal.user === scene.slack.id(user)),
  );
}

/** The whole way of an approval with a typed confirmation. */
export async function approve(
  scene: Scene,
  user: string,
  { card, typed }: { readonly card: LabMessage; readonly typed: string },
): Promise<void> {
  const dialog = await openDialog(scene, user, { card });
  const answer = await scene.people().submit(dialog, { typed });
  expect(answer).toMatchObject({ status: 200, body: "" });
}

/** Waits until a message of this channel says how it ended. */
export function outcome(
  scene: Scene,
  channel: string,
  expected: RegExp | { readonly says: RegExp; readonly withinMs: number },
): Promise<LabMessage> {
  const { says, withinMs } = expected instanceof RegExp ? { says: expected, withinMs: undefined } : expected;
  return seen(
    `a message in ${channel} that says ${String(says)}`,
    () => scene.said(channel).find((message) => says.test(textOf(message))),
    withinMs,
  );
}

/** The opaque id that a card's buttons carry. */
export function requestIdOf(card: LabMessage): string {
  return controlsOf(card.blocks ?? []).find(({ value }) => value.startsWith("req_"))?.value ?? "";
}
