import { setMaxListeners } from "node:events";
import type { DownContainer } from "../domain/down-container.ts";
import { OomphError } from "../domain/errors.ts";
import { given } from "../domain/given.ts";
import { targetKey, type ContainerTarget } from "../domain/target.ts";
import type { ContainerFacts, ContainerHost, ContainerState } from "../ports/containers.ts";
import type { Asking, Look, ReadingSource, SourcePage } from "../ports/reading-source.ts";

/** A daemon that leaves so many calls unanswered in one round will not answer the others either. */
const MOST_TIMEOUTS = 10;
/** As Docker and Kubernetes call it. */
const OOM_KILLED = "OOMKilled";
/** Done, or ended by SIGTERM. */
const AS_ASKED: ReadonlySet<number> = new Set([0, 143]);
const MAY_BE_DOWN: ReadonlySet<ContainerState> = new Set(["restarting", "exited", "dead"]);

type IsWatched = (target: ContainerTarget) => boolean;

/** The containers of a Docker host: one page. */
export function hostSource(host: ContainerHost, isWatched: IsWatched): ReadingSource {
  return {
    kind: "docker",
    name: host.name,
    async *read(asking) {
      yield await readHost(host, isWatched, asking);
    },
  };
}

async function readHost(host: ContainerHost, isWatched: IsWatched, { atOnce, signal: asked, withDown }: Asking): Promise<SourcePage> {
  const signal = AbortSignal.any([asked]);
  setMaxListeners(2 * atOnce, signal); // each call under way listens
  const there = await host.list();
  const runs = there.filter(({ state }) => state === "running");
  const others = there.filter((one) => !runs.includes(one));
  const targetOf = (name: string): ContainerTarget => ({ kind: "docker", connection: host.name, name });
  const mayBeDown = withDown === true ? others.filter(({ state }) => MAY_BE_DOWN.has(state)) : [];
  const waiting = [...runs, ...mayBeDown].filter(({ name }) => isWatched(targetOf(name)));
  const looks: Look[] = [];
  const down: DownContainer[] = [];
  const failed: SourcePage["failed"][number][] = [];
  let timeouts = 0;
  const next = waiting.values();
  const readNext = async (): Promise<void> => {
    for (const { id, name } of next) {
      signal.throwIfAborted();
      const target = targetOf(name);
      const read = timeouts < MOST_TIMEOUTS ? await readOne(host, id, signal) : GIVEN_UP;
      if (read.kind === "read") looks.push({ target, ...read.look });
      if (read.kind === "ended" && isDown(read.facts)) down.push({ target, ...howItLies(read.facts) });
      if (read.kind === "failed") failed.push({ name, because: read.because });
      if (read.kind === "failed" && read.isTimeout) timeouts += 1;
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, waiting.length) }, readNext));
  const keysOf = (some: typeof there): readonly string[] => some.map(({ name }) => targetKey(targetOf(name)));
  return { looks, failed, running: keysOf(runs), stopped: keysOf(others), down };
}

type Read =
  | { readonly kind: "read"; readonly look: Omit<Look, "target"> }
  | { readonly kind: "ended"; readonly facts: ContainerFacts }
  | { readonly kind: "gone" }
  | { readonly kind: "failed"; readonly because: string; readonly isTimeout: boolean };

const GONE: Read = { kind: "gone" };
const GIVEN_UP: Read = { kind: "failed", because: `${MOST_TIMEOUTS} others on this host did not answer in time`, isTimeout: false };

async function readOne(host: ContainerHost, id: string, signal: AbortSignal): Promise<Read> {
  try {
    const facts = await host.inspect(id);
    if (MAY_BE_DOWN.has(facts.state)) return { kind: "ended", facts };
    const { atMs, usageBytes, swap } = await host.glance(id, signal);
    const { startedAtMs, restartCount: restarts, oomKilled, resources } = facts;
    const reading = { atMs, usageBytes, ...given({ swap, limitBytes: resources.memoryLimitBytes, startedAtMs }) };
    return { kind: "read", look: { reading, again: { restarts, ...given({ reason: oomKilled ? OOM_KILLED : undefined }) } } };
  } catch (error) {
    if (!(error instanceof OomphError)) throw error;
    if (error.code === "not-found") return GONE;
    // Of one that ends just now a daemon tells figures that are none: `refused`.
    const ended = error.code === "not-running" || error.code === "refused" ? await hasEnded(host, id, error.code) : undefined;
    return ended ?? { kind: "failed", because: error.message, isTimeout: error.code === "timed-out" };
  }
}

/** Undefined: it runs all the same, or the daemon does not say. */
async function hasEnded(host: ContainerHost, id: string, code: "not-running" | "refused"): Promise<Read | undefined> {
  try {
    const facts = await host.inspect(id);
    return facts.state === "running" && code === "refused" ? undefined : { kind: "ended", facts };
  } catch (error) {
    return error instanceof OomphError && error.code === "not-found" ? GONE : undefined;
  }
}

/** Started again and again, given up, or killed for want of memory: what was stopped, or has done its work, is not. Pure. */
function isDown({ state, oomKilled, exitCode, restartCount, restartPolicy }: ContainerFacts): boolean {
  if (state === "restarting") return true;
  if (state === "running") return restartCount > 0;
  return !AS_ASKED.has(exitCode) && (oomKilled || restartPolicy === `on-failure:${restartCount}`);
}

/** Of one that runs again the daemon has forgotten how it ended. Pure. */
function howItLies({ state, restartCount, resources, ...ended }: ContainerFacts): Omit<DownContainer, "target"> {
  const { exitCode, finishedAtMs: atMs } = ended;
  const lastEnd = state === "running" ? undefined : { exitCode, ...given({ reason: ended.oomKilled ? OOM_KILLED : undefined, atMs }) };
  return { state, restarts: restartCount, ...given({ limitBytes: resources.memoryLimitBytes, lastEnd }) };
}
