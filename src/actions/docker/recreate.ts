import { asClause } from "../../domain/clause.ts";
import { codeOf, messageOf, OomphError } from "../../domain/errors.ts";
import { maskSecrets } from "../../domain/mask-secrets.ts";
import type { HostActs, Recipe, RestartPolicy } from "../../ports/container-acts.ts";
import type { ContainerHost } from "../../ports/containers.ts";
import type { RunHandle } from "../action.ts";
import { shown } from "../words.ts";
import type { ContainerSession } from "./container-session.ts";
import type { DockerActionDeps } from "./deps.ts";
import { unexpectedDifferences } from "./recreate-compare.ts";
import { isCalledPrevious, LABELS, namesFor } from "./recreate-names.ts";

export type Change = Pick<Recipe, "set" | "unset" | "memory">;

export type Recreation = {
  readonly session: ContainerSession;
  readonly run: RunHandle;
  readonly change: Change;
  /** Id of the container that an earlier change left: removed once the new one stands. */
  readonly replaces: string | undefined;
};

const LOOK_EVERY_MS = 200;
// A daemon that is being restarted is back by then.
const BACK_WITHIN_MS = 30_000;
const BACK_EVERY_MS = 1_000;
const LAST_LINES = { lines: 3, maxBytes: 4_096 };
const SHOWN_DIFFERENCES = 5;

const STOPPING = "the old container could not be stopped";
const NO_RESTART: RestartPolicy = { name: "no", maximumRetryCount: 0 };

/**
 * Puts a container made like this one, but for the change, in its place; the old one is stopped and kept. Whatever fails
 * on the way, the old one is brought back, and the error says whether that went well. A crash on the way is found again by
 * the labels on the new one.
 */
export async function recreate(deps: DockerActionDeps, recreation: Recreation): Promise<void> {
  const { session, run, replaces } = recreation;
  const made = await make(recreation);
  try {
    await run.saveCheckpoint({ stage: "made", id: made });
    run.signal.throwIfAborted();
  } catch (error) {
    await session.acts.remove(made, "running");
    throw error;
  }
  // From here on it is quicker, and safer, to go on than to stop: a service is down meanwhile.
  await swap(deps, { ...recreation, made });
  if (replaces !== undefined) await removeOlder(session, replaces);
}

/** The new one, not started, compared with the old one. Nothing else has been touched yet. */
async function make({ session, run, change }: Recreation): Promise<string> {
  const { acts, definition } = session;
  const { name, id } = definition;
  const labels = { [LABELS.run]: run.id, [LABELS.container]: name, [LABELS.replaces]: id };
  const recipe: Recipe = { ...change, name: namesFor(name, run.id).temporary, labels };
  const made = await acts.createLike(id, recipe);
  try {
    const differences = unexpectedDifferences(definition, recipe, await acts.definition(made));
    if (differences.length === 0) return made;
    const more = differences.length > SHOWN_DIFFERENCES ? `, and ${differences.length - SHOWN_DIFFERENCES} more` : "";
    throw new OomphError(
      "conflict",
      `Docker made a container that differs in more than was asked (${differences.slice(0, SHOWN_DIFFERENCES).join("; ")}${more}): it was removed again, and ${name} was not touched.`,
    );
  } catch (error) {
    await acts.remove(made, "running");
    throw error;
  }
}

type Swap = Recreation & { readonly made: string };

async function swap(deps: DockerActionDeps, { session, run, made }: Swap): Promise<void> {
  const { acts, host, definition, facts } = session;
  const { id, name } = definition;
  let stage: string = STOPPING;
  try {
    await acts.stop(id);
    stage = "the old container could not be kept from starting again by itself";
    await acts.setRestartPolicy(id, NO_RESTART);
    stage = "the old container could not be put aside";
    await acts.rename(id, namesFor(name, run.id).previous);
    stage = "the new container could not take the name";
    await acts.rename(made, name);
    stage = "the new container could not be started";
    await acts.start(made);
    stage = "the new container did not stay up";
    await settle(deps, host, made);
  } catch (error) {
    const start = facts.state !== "exited";
    const stopping = stage === STOPPING && codeOf(error) !== "no-rights";
    const back = await bringBack(deps, acts, { id, name, made, policy: definition.restartPolicy, start, stopping });
    throw new OomphError("refused", `${stage}: ${asClause(messageOf(error))}. ${back}`, { cause: error });
  }
}

/** Stays up for a while: what ends at once, or is restarted by Docker, was not started. Throws with the end of its log. */
export async function settle(deps: DockerActionDeps, host: ContainerHost, id: string): Promise<void> {
  const endsAtMs = deps.clock.nowMs() + deps.settleMs;
  for (;;) {
    const { state, exitCode, restartCount } = await host.inspect(id);
    if (state !== "running" || restartCount > 0) {
      const says = await lastWords(host, id);
      throw new OomphError("refused", `it ended with exit code ${exitCode} right after its start${says}`);
    }
    if (deps.clock.nowMs() >= endsAtMs) return;
    await deps.clock.sleep(LOOK_EVERY_MS);
  }
}

async function lastWords(host: ContainerHost, id: string): Promise<string> {
  try {
    const { lines } = await host.logTail(id, LAST_LINES);
    const last = lines.at(-1)?.text ?? "";
    return last === "" ? "" : `, saying "${shown(maskSecrets(last))}"`;
  } catch {
    return ""; // it is gone, or keeps no log: the exit code has to do
  }
}

type Back = {
  readonly id: string;
  readonly name: string;
  readonly made: string;
  readonly policy: RestartPolicy;
  /** It ran before. */
  readonly start: boolean;
  /** Told to stop, and not heard from since: it may be about to. */
  readonly stopping: boolean;
};

/** Goes back as far as it can, whatever fails, and says how it ended. */
async function bringBack(deps: DockerActionDeps, acts: HostActs, back: Back): Promise<string> {
  const { id, name, made, policy, start, stopping } = back;
  const problems: string[] = [];
  const untilMs = deps.clock.nowMs() + BACK_WITHIN_MS;
  const step = (work: () => Promise<void>): Promise<void> =>
    persist(deps, work, untilMs).catch((error: unknown) => void problems.push(asClause(messageOf(error))));
  // Its policy first: once the new one is gone, nothing else tells what it was.
  await step(() => acts.setRestartPolicy(id, policy));
  await step(() => acts.remove(made, "running"));
  await step(async () => {
    if ((await acts.definition(id)).name !== name) await acts.rename(id, name);
  });
  // One that is ending is running still, and would not be started.
  if (stopping) await step(() => acts.stop(id));
  if (start) await step(() => acts.start(id));
  if (problems.length === 0) return `The old container is back${start ? " and was started" : ""}, the new one was removed`;
  return `The old container could not be brought back in whole (${problems.join("; ")}): look at it, or ask for docker.rollback`;
}

/** A service is down meanwhile: a host that is away is asked again, until it is back or the time is up. Each step may be repeated. */
async function persist({ clock }: DockerActionDeps, work: () => Promise<void>, untilMs: number): Promise<void> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof OomphError) || !error.retryable || clock.nowMs() >= untilMs) throw error;
      await clock.sleep(BACK_EVERY_MS);
    }
  }
}

/** What the change before this one left. That it stays is no reason to undo this one. */
async function removeOlder({ host, acts, definition }: ContainerSession, id: string): Promise<void> {
  const older = (await host.list()).find((one) => one.id === id);
  if (older === undefined || older.state === "running" || !isCalledPrevious(older, definition.name)) return;
  await acts.remove(id, "stopped").catch(() => undefined);
}
