import { formatCount } from "../../domain/count.ts";
import { OomphError } from "../../domain/errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { KeyValueNode } from "../../ports/key-value-server.ts";
import type { RunHandle } from "../action.ts";
import type { RedisSession, Server } from "./redis-session.ts";
import type { WalkCheckpoint, WalkScope } from "./stored/schema.ts";
import { keys } from "../words.ts";

export type Walk = {
  readonly session: RedisSession;
  readonly scope: WalkScope;
  /** What is done to a few keys of one master; returns how many it changed. */
  touch(node: KeyValueNode, keys: readonly string[]): Promise<number>;
  /** What was done, for an error: "unlinked". */
  readonly done: string;
  /** How many keys matched when it was planned. */
  readonly matching: number;
};

// Small steps: none is felt by the server's other clients.
const SCAN_COUNT = 500;
const TOUCH_AT_ONCE = 250;
const CHECKPOINT_EVERY_MS = 500;

/**
 * Goes through all keys that match, master by master, at most `keysPerSecond`. Its first checkpoint is saved before the
 * first change, so that a run without one has changed nothing. Throws `conflict` when more keys match than were agreed
 * to, and when the run is stopped; what was done until then is in the checkpoint.
 */
export async function walkKeys(walk: Walk, run: RunHandle, clock: Clock): Promise<void> {
  const { servers, cursor } = startOf(walk);
  const beganAtMs = clock.nowMs();
  const progress = { seen: 0, changed: 0, savedAtMs: 0 };
  for (const [index, server] of servers.entries()) {
    await walkServer(walk, {
      server,
      cursor: index === 0 ? cursor : "0",
      last: index === servers.length - 1,
      beganAtMs,
      progress,
      run,
      clock,
    });
  }
}

/** Where to go on, for `--resume-from`: cursors are worth something on the same server process only. */
export function resumeToken({ runId, cursor }: Pick<WalkCheckpoint, "runId" | "cursor">): string {
  return `${runId.slice(0, 8)}:${cursor}`;
}

/** The master that a token names; undefined: none of these, it was restarted or has failed over since. */
export function resumeServer(session: RedisSession, token: string): Server | undefined {
  return session.servers.find(({ runId }) => token.startsWith(`${runId.slice(0, 8)}:`));
}

type Step = {
  readonly server: Server;
  readonly cursor: string;
  readonly last: boolean;
  readonly beganAtMs: number;
  readonly progress: { seen: number; changed: number; savedAtMs: number };
  readonly run: RunHandle;
  readonly clock: Clock;
};

async function walkServer(walk: Walk, step: Step): Promise<void> {
  const { server, run, clock, progress } = step;
  let cursor = step.cursor;
  for (;;) {
    if (clock.nowMs() - progress.savedAtMs >= CHECKPOINT_EVERY_MS) await save(step, { cursor, says: howFar(walk, progress.seen) });
    const found = await server.node.scan(walk.scope.database, { cursor, count: SCAN_COUNT, match: walk.scope.pattern });
    await touchAll(walk, step, { keys: found.keys, cursor });
    cursor = found.cursor;
    if (cursor === "0") break;
    if (run.signal.aborted) await stop(walk, step, cursor);
  }
  if (step.last) await save(step, { cursor: "0", finished: true });
}

async function touchAll(walk: Walk, step: Step, found: { readonly keys: readonly string[]; readonly cursor: string }): Promise<void> {
  const { progress, run } = step;
  const { keysPerSecond, atMostKeys } = walk.scope;
  const atOnce = Math.max(1, Math.min(TOUCH_AT_ONCE, Math.ceil(keysPerSecond / 4)));
  for (let from = 0; from < found.keys.length; from += atOnce) {
    if (run.signal.aborted) await stop(walk, step, found.cursor);
    const some = found.keys.slice(from, from + atOnce);
    if (progress.seen + some.length > atMostKeys) await exceed(walk, step, found.cursor);
    progress.seen += some.length;
    progress.changed += await walk.touch(step.server.node, some);
    await keepPace(step, keysPerSecond);
  }
}

async function keepPace({ progress, beganAtMs, run, clock }: Step, keysPerSecond: number): Promise<void> {
  const aheadMs = beganAtMs + (progress.seen / keysPerSecond) * 1000 - clock.nowMs();
  if (aheadMs <= 0 || run.signal.aborted) return;
  await clock.sleep(aheadMs, run.signal).catch((error: unknown) => {
    if (!run.signal.aborted) throw error; // aborted: the caller stops in order
  });
}

type Place = { readonly cursor: string; readonly finished?: boolean; readonly says?: string | undefined };

async function save(step: Step, { cursor, finished = false, says }: Place): Promise<void> {
  const { progress, server, run, clock } = step;
  const checkpoint: WalkCheckpoint = { runId: server.runId, cursor, seen: progress.seen, changed: progress.changed, finished };
  await run.saveCheckpoint(checkpoint, says);
  progress.savedAtMs = clock.nowMs();
}

/** Without "of how many" where that is not known: an earlier run did a part, or more match than were counted. */
function howFar({ scope, matching }: Walk, seen: number): string | undefined {
  if (seen === 0) return undefined;
  return scope.resumeFrom === null && seen <= matching ? `${formatCount(seen)} of about ${keys(matching)} done` : `${keys(seen)} done`;
}

async function stop(walk: Walk, step: Step, cursor: string): Promise<never> {
  await save(step, { cursor });
  throw new OomphError("conflict", `Stopped on request after ${keys(step.progress.changed)} ${walk.done}: ${goOn(step, cursor)}`);
}

async function exceed(walk: Walk, step: Step, cursor: string): Promise<never> {
  await save(step, { cursor });
  throw new OomphError(
    "conflict",
    `Stopped after ${keys(step.progress.changed)} ${walk.done}: more keys match than the ${formatCount(walk.scope.atMostKeys)} that were agreed to. ${goOn(step, cursor)}`,
  );
}

function goOn({ server }: Step, cursor: string): string {
  return `ask again for a new plan, with --resume-from ${resumeToken({ runId: server.runId, cursor })} to go on from there.`;
}

function startOf({ session, scope }: Walk): { readonly servers: readonly Server[]; readonly cursor: string } {
  const token = scope.resumeFrom;
  if (token === null) return { servers: session.servers, cursor: "0" };
  const first = resumeServer(session, token);
  if (first === undefined)
    throw new OomphError("conflict", `Nothing was done: --resume-from ${token} belongs to another server process. Ask again without it.`);
  return { servers: session.servers.slice(session.servers.indexOf(first)), cursor: token.slice(token.indexOf(":") + 1) };
}
