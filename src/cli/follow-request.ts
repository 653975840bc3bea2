import { setTimeout as sleep } from "node:timers/promises";
import { codeOf } from "../domain/errors.ts";
import { STATE_WORDS } from "../messages/request-card.ts";
import type { Freeze, Tables } from "../ports/store.ts";
import { decisionWords } from "./request-words.ts";
import { isEnded, readStanding, type Standing } from "./standing.ts";

export type Following = {
  readonly tables: Pick<Tables, "requests" | "runs" | "settings">;
  /** How many processes carry out what is approved; undefined: cannot be told. */
  processes(): Promise<number | undefined>;
  /** A sentence about what has just happened, at a time in milliseconds. */
  tell(says: string, atMs: number): void;
  /** A person, in words. */
  name(userId: string): string;
  /** Aborted: followed no longer. */
  readonly signal: AbortSignal;
};

type View = Standing & { readonly freeze?: Freeze; /** Absent: cannot be told. */ readonly isWorkedOn?: boolean };

const LOOK_EVERY_MS = 500;
const COUNT_EVERY_LOOKS = 10;
// Longer than a database takes to be started again.
const GIVE_UP_AFTER_MS = 120_000;

/** Tells what becomes of a request until it has ended, or until told to stop. It changes nothing. Returns the last that was seen. */
export async function followRequest(requestId: string, following: Following): Promise<Standing> {
  let before: View | undefined;
  let failedSinceMs: number | undefined;
  for (let look = 0; ; look += 1) {
    try {
      const now = await view(requestId, following, look % COUNT_EVERY_LOOKS === 0 ? undefined : before);
      if (failedSinceMs !== undefined) following.tell("The database answers again", Date.now());
      failedSinceMs = undefined;
      for (const { says, atMs } of news(before, now, following)) following.tell(says, atMs);
      before = now;
    } catch (error) {
      if (codeOf(error) !== "store-unavailable") throw error;
      if (failedSinceMs === undefined) following.tell("The database does not answer, looking again until it does", Date.now());
      failedSinceMs ??= Date.now();
      if (Date.now() - failedSinceMs > GIVE_UP_AFTER_MS) throw error;
    }
    if (before !== undefined && (isEnded(before) || following.signal.aborted)) return before;
    following.signal.throwIfAborted();
    await sleep(LOOK_EVERY_MS, undefined, { signal: following.signal }).catch(() => undefined);
  }
}

/** Connections are counted now and then only: `known` has the last count. */
async function view(requestId: string, { tables, processes }: Following, known: View | undefined): Promise<View> {
  const standing = await readStanding(tables, requestId);
  const freeze = await tables.settings.get("freeze");
  const isWorkedOn = known === undefined ? await isAnyAt(processes) : known.isWorkedOn;
  return { ...standing, ...(freeze === undefined ? {} : { freeze }), ...(isWorkedOn === undefined ? {} : { isWorkedOn }) };
}

async function isAnyAt(processes: Following["processes"]): Promise<boolean | undefined> {
  const count = await processes().catch(() => undefined);
  return count === undefined ? undefined : count > 0;
}

type News = { readonly says: string; readonly atMs: number };

function news(before: View | undefined, now: View, { name }: Pick<Following, "name">): readonly News[] {
  const { request, decisions, run } = now;
  const atMs = Date.now();
  const decided = decisions.slice(before?.decisions.length ?? 0);
  const begunAtMs = before?.run?.begunAtMs === undefined ? run?.begunAtMs : undefined;
  const isVerified = request.state === "verifying" && before?.request.state !== "verifying";
  return [
    ...(before === undefined && request.state === "pending" ? [{ says: "Waiting for approval", atMs: request.createdAtMs }] : []),
    ...frozen(before, now, name).map((says) => ({ says, atMs })),
    ...workedOn(before, now).map((says) => ({ says, atMs })),
    ...decided.map((decision) => ({ says: decisionWords(decision, { request, decisions, name }), atMs: decision.atMs })),
    ...(begunAtMs === undefined ? [] : [{ says: "Begun", atMs: begunAtMs }]),
    ...(isVerified ? [{ says: STATE_WORDS.verifying.title, atMs }] : []),
  ];
}

function frozen(before: View | undefined, { freeze }: View, name: Following["name"]): readonly string[] {
  if ((freeze?.on === true) === (before?.freeze?.on === true)) return [];
  if (freeze?.on !== true) return ["Thawed: it can be approved again"];
  const why = freeze.reason === undefined ? "" : `: “${freeze.reason}”`;
  return [`Frozen by ${name(freeze.by)}${why}. Nothing can be approved until /oom freeze off`];
}

function workedOn(before: View | undefined, { isWorkedOn }: View): readonly string[] {
  if (isWorkedOn === false && before?.isWorkedOn !== false)
    return ["No Oomph process is running: nothing is decided or carried out until one is"];
  return isWorkedOn === true && before?.isWorkedOn === false ? ["Oomph is running again"] : [];
}
