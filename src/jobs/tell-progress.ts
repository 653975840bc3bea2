import { messageOf } from "../domain/errors.ts";
import type { StepProgress } from "../domain/evidence.ts";
import { commit } from "../incidents/commit.ts";
import type { Desk } from "../incidents/desk.ts";
import type { Underway } from "../incidents/investigations.ts";

export type ProgressTeller = {
  /** The newest state of all steps; those that are overtaken before their turn are never told. */
  show(steps: readonly StepProgress[]): void;
  /** Tells the last state, if it has not been told, and resolves when it has. Never rejects: progress is a courtesy. */
  settle(): Promise<void>;
};

/** Tells how an investigation gets on, at most once in `everyMs`. */
export function tellProgress(desk: Desk, { incident, investigation }: Underway, everyMs: number): ProgressTeller {
  const settling = new AbortController();
  let newest: readonly StepProgress[] | undefined;
  let telling: Promise<void> | undefined;

  async function tell(): Promise<void> {
    while (newest !== undefined) {
      const steps = newest;
      newest = undefined;
      try {
        await commit(desk, (tables) => desk.narrator(tables, { kind: "progress", incident, investigation, steps }));
        await desk.clock.sleep(everyMs, settling.signal);
      } catch (error) {
        if (!settling.signal.aborted)
          desk.log.warn({ investigationId: investigation.id, because: messageOf(error) }, "could not tell progress");
      }
    }
    telling = undefined;
  }

  return {
    show(steps) {
      newest = steps;
      telling ??= tell();
    },
    async settle() {
      settling.abort();
      await telling;
    },
  };
}
