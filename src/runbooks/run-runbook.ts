import { codeOf, messageOf, OomphError, type ErrorCode } from "../domain/errors.ts";
import type { Evidence, StepFailure, StepProgress } from "../domain/evidence.ts";
import type { Diagnosis } from "../domain/finding.ts";
import type { Target } from "../domain/target.ts";
import type { Clock, Ids } from "../ports/clock.ts";
import type { Asked, Runbook, Step } from "./runbook.ts";
import { isNotConfigured, whyNotThere } from "./seen.ts";

export type RunbookOptions = {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly asked?: Asked;
  /** Told of every change, with the state of all steps in the order of the runbook; of "Connect" alone where that failed. */
  onProgress?(steps: readonly StepProgress[]): void;
  /** Awaited before the step counts as done; a rejection ends the run. */
  onEvidence?(evidence: Evidence): Promise<void>;
  /** Aborted when the process drains: the run then rejects with its reason. */
  readonly signal?: AbortSignal;
};

export type RunbookOutcome =
  | {
      readonly kind: "done";
      /** In the order of the runbook's steps, as are the failures. */
      readonly evidence: readonly Evidence[];
      readonly failures: readonly StepFailure[];
      readonly diagnosis: Diagnosis;
    }
  | { readonly kind: "unreachable"; readonly code: ErrorCode; readonly because: string; readonly diagnosis: Diagnosis };

/**
 * Looks at a target as the runbook says and reads what was found. A step that fails or takes too long is told of and
 * the others go on. Rejects only when aborted, when `onEvidence` rejects, or for a bug.
 */
export async function runRunbook<Session>(runbook: Runbook<Session>, target: Target, options: RunbookOptions): Promise<RunbookOutcome> {
  options.signal?.throwIfAborted();
  const begunAtMs = options.clock.nowMs();
  const opened = await open(runbook, target, options.asked);
  if (opened.kind === "unreachable") {
    const state = { kind: "failed", because: opened.because, tookMs: options.clock.nowMs() - begunAtMs } as const;
    options.onProgress?.([{ step: "open", title: "Connect", state }]); // no step of the runbook was begun
    return opened;
  }
  const board = new ProgressBoard(runbook.steps, options);
  // When the run ends early, steps that are still under way end with it and say nothing any more.
  const ended = new AbortController();
  const signal = options.signal === undefined ? ended.signal : AbortSignal.any([options.signal, ended.signal]);
  try {
    const outcomes = await Promise.all(
      runbook.steps.map((step) => runStep(step, { session: opened.session, source: opened.source, board, signal, options })),
    );
    const evidence = outcomes.flatMap((outcome) => (outcome.kind === "collected" ? [outcome.evidence] : []));
    const failures = outcomes.flatMap((outcome) => (outcome.kind === "failed" ? [outcome.failure] : []));
    return { kind: "done", evidence, failures, diagnosis: runbook.diagnose(evidence, failures, options.asked) };
  } finally {
    ended.abort(new OomphError("internal", "the run has ended"));
    await opened.close();
  }
}

async function open<Session>(runbook: Runbook<Session>, target: Target, asked?: Asked) {
  try {
    return { kind: "open" as const, ...(await runbook.open(target, asked)) };
  } catch (error) {
    if (!(error instanceof OomphError)) throw error;
    const diagnosis = runbook.diagnoseUnreachable(error.code, error.message);
    return { kind: "unreachable" as const, code: error.code, because: error.message, diagnosis };
  }
}

type Surroundings<Session> = {
  readonly session: Session;
  readonly source: string;
  readonly board: ProgressBoard;
  readonly signal: AbortSignal;
  readonly options: RunbookOptions;
};

type StepOutcome = { readonly kind: "collected"; readonly evidence: Evidence } | { readonly kind: "failed"; readonly failure: StepFailure };

async function runStep<Session>(
  step: Step<Session>,
  { session, source, board, signal, options }: Surroundings<Session>,
): Promise<StepOutcome> {
  const { clock, ids } = options;
  const begunAtMs = clock.nowMs();
  board.show(step.id, { kind: "running" });
  let data;
  try {
    data = await withinTime(step, session, signal);
  } catch (error) {
    signal.throwIfAborted();
    const tookMs = clock.nowMs() - begunAtMs;
    const failure = { step: step.id, code: codeOf(error), because: messageOf(error), tookMs };
    board.show(step.id, { kind: "failed", because: failure.because, tookMs });
    return { kind: "failed", failure };
  }
  signal.throwIfAborted();
  const collectedAtMs = clock.nowMs();
  const evidence = { id: ids.next("ev"), step: step.id, collectedAtMs, tookMs: collectedAtMs - begunAtMs, source, data };
  await options.onEvidence?.(evidence);
  const because = isNotConfigured(data) ? step.skipped : whyNotThere(data);
  board.show(step.id, because === undefined ? { kind: "done", tookMs: evidence.tookMs } : { kind: "skipped", because });
  return { kind: "collected", evidence };
}

/** A collector that does not listen to its signal is left behind; closing the session ends it. */
async function withinTime<Session>(step: Step<Session>, session: Session, outer: AbortSignal) {
  const timer = new AbortController();
  const timeout = setTimeout(() => {
    timer.abort(
      new OomphError(
        "timed-out",
        `expected "${step.title}" within ${step.timeoutMs} ms, got no answer: the target may be overloaded; try again`,
        { retryable: true },
      ),
    );
  }, step.timeoutMs);
  const signal = AbortSignal.any([outer, timer.signal]);
  try {
    return await Promise.race([rejectWhenAborted(signal), step.collect(session, signal)]);
  } finally {
    clearTimeout(timeout);
  }
}

function rejectWhenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

/** The state of every step, shown anew whenever one changes. */
class ProgressBoard {
  readonly #lines: Map<string, StepProgress>;
  readonly #options: RunbookOptions;

  constructor(steps: readonly Step[], options: RunbookOptions) {
    this.#lines = new Map(steps.map(({ id, title }) => [id, { step: id, title, state: { kind: "waiting" } }]));
    this.#options = options;
  }

  show(step: string, state: StepProgress["state"]): void {
    const line = this.#lines.get(step);
    if (line === undefined) return;
    this.#lines.set(step, { ...line, state });
    this.#options.onProgress?.([...this.#lines.values()]);
  }
}
