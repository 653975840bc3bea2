import { OomphError } from "../../../domain/errors.ts";

/** Throws OomphError `internal` where a transition is asked for that the states do not have: a mistake in the program. */
export function checkTransition<State extends string>(
  transitions: Readonly<Record<State, readonly State[]>>,
  from: readonly State[],
  to: State,
): void {
  const wrong = from.find((state) => !transitions[state].includes(to));
  if (from.length > 0 && wrong === undefined) return;
  throw new OomphError("internal", `no state may go from ${wrong ?? "nowhere"} to ${to}: see ARCHITECTURE.md, States`);
}
