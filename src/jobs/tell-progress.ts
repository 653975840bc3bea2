import { messageOf } from "../domain/errors.ts";
import { commit } from "../incidents/commit.ts";
import type { Desk } from "../incidents/desk.ts";
import type { Tables } from "../ports/store.ts";

export type ProgressTeller<State> = {
  /** The newest state; those that are overtaken before their turn are never told. */
  show(state: State): void;
  /** Tells the last state, if it has not been told, and resolves when it has. Never rejects: progress is a courtesy. */
  settle(): Promise<void>;
};

export type Telling<State> = {
  readonly everyMs: number;
  /** In a transaction of its own. */
  tell(tables: Tables, state: State): Promise<void>;
  /** Whose progress it is, for the log. */
  readonly about: Readonly<Record<string, string>>;
};

/** Tells how something long gets on, at most once in `everyMs`. */
export function tellProgress<State>(desk: Desk, { everyMs, tell: tellIn, about }: Telling<State>): ProgressTeller<State> {
  const settling = new AbortController();
  let newest: { readonly state: State } | undefined;
  let telling: Promise<void> | undefined;

  async function tell(): Promise<void> {
    while (newest !== undefined) {
      const { state } = newest;
      newest = undefined;
      try {
        await commit(desk, (tables) => tellIn(tables, state));
        await desk.clock.sleep(everyMs, settling.signal);
      } catch (error) {
        if (!settling.signal.aborted) desk.log.warn({ ...about, because: messageOf(error) }, "could not tell progress");
      }
    }
    telling = undefined;
  }

  return {
    show(state) {
      newest = { state };
      telling ??= tell();
    },
    async settle() {
      settling.abort();
      await telling;
    },
  };
}
