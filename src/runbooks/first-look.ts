import { messageOf } from "../domain/errors.ts";
import { formatTarget, type Target } from "../domain/target.ts";
import type { Clock, Ids } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import { runRunbook, type RunbookOutcome } from "./run-runbook.ts";
import type { Runbook } from "./runbook.ts";

export type FirstLookDeps<Session> = {
  readonly runbook: Runbook<Session>;
  readonly targets: readonly Target[];
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Between starting and the first target: processes that are started together need not look together. */
  readonly beforeMs: number;
  /** Until what could not be looked at is tried again. */
  readonly againMs: number;
};

export type FirstLook = {
  start(): void;
  /** At once: what is under way only reads, and is left. */
  stop(): void;
  /** What cannot be looked at at present, and why in one word: others may read it. The log has the whole of it. */
  warnings(): readonly string[];
};

/**
 * Looks at each target once, one after the other, by the steps of an investigation: who cannot be reached, and which right
 * is missing, is better known at the start than in the night. Opens no incident and stores nothing. What could not be
 * looked at is tried again until it can be; what is changed about it meanwhile is logged.
 */
export function firstLook<Session>(deps: FirstLookDeps<Session>): FirstLook {
  const troubles = new Map<string, Trouble>();
  const stopping = new AbortController();
  return {
    start() {
      if (deps.targets.length > 0) void lookUntilAllAnswer(deps, troubles, stopping.signal);
    },
    stop: () => stopping.abort(new Error("stopping")),
    warnings: () => [...troubles].map(([target, { kind }]) => `${target} ${kind}`),
  };
}

/** `kind` is for everybody, `because` may name addresses and users. */
type Trouble = { readonly kind: string; readonly because: string };

async function lookUntilAllAnswer<Session>(
  deps: FirstLookDeps<Session>,
  troubles: Map<string, Trouble>,
  signal: AbortSignal,
): Promise<void> {
  const { clock, log, targets } = deps;
  try {
    await clock.sleep(deps.beforeMs, signal);
    let left = await lookAtEach(deps, { targets, troubles, signal });
    log.info({ targets: targets.length, troubled: left.length }, "looked once at every configured Redis");
    while (left.length > 0) {
      await clock.sleep(deps.againMs, signal);
      left = await lookAtEach(deps, { targets: left, troubles, signal });
    }
  } catch (error) {
    if (!signal.aborted) log.error({ because: messageOf(error), error }, "the look at the start broke");
  }
}

type Round = { readonly targets: readonly Target[]; readonly troubles: Map<string, Trouble>; readonly signal: AbortSignal };

/** Those that are to be tried again. */
async function lookAtEach<Session>(deps: FirstLookDeps<Session>, { targets, troubles, signal }: Round): Promise<readonly Target[]> {
  const left: Target[] = [];
  for (const target of targets) {
    const outcome = await runRunbook(deps.runbook, target, { clock: deps.clock, ids: deps.ids, signal });
    signal.throwIfAborted();
    const name = formatTarget(target);
    const before = troubles.get(name);
    const trouble = troubleIn(outcome);
    if (trouble === undefined) troubles.delete(name);
    else {
      troubles.set(name, trouble);
      left.push(target);
    }
    if (before === undefined || before.because !== trouble?.because) tell(deps.log, { target: name, outcome, trouble });
  }
  return left;
}

function troubleIn(outcome: RunbookOutcome): Trouble | undefined {
  if (outcome.kind === "unreachable") return { kind: `cannot be looked at (${outcome.code})`, because: outcome.because };
  const [first] = outcome.failures;
  if (first === undefined) return undefined;
  const because = outcome.failures.map((failure) => `${failure.step}: ${failure.because}`).join(" ");
  return { kind: `can be looked at in part only (${first.code})`, because };
}

type Seen = { readonly target: string; readonly outcome: RunbookOutcome; readonly trouble: Trouble | undefined };

function tell(log: Log, { target, outcome, trouble }: Seen): void {
  const { verdict, headline } = outcome.diagnosis.finding;
  if (trouble !== undefined) {
    const { because } = trouble;
    if (outcome.kind === "unreachable") log.warn({ target, because }, "a configured target cannot be looked at");
    else log.warn({ target, because }, "a configured target can be looked at in part only");
  } else if (verdict === "healthy") log.info({ target, verdict }, "a configured target can be looked at");
  else log.warn({ target, verdict, headline }, "a configured target can be looked at, and is not healthy: investigate it");
}
