import { OomphError, codeOf, messageOf } from "../../domain/errors.ts";

export type Outcome<Value> = { readonly kind: "done"; readonly value: Value } | { readonly kind: "failed"; readonly error: unknown };

/** Runs it now and keeps how it ended, so that a failure can be looked at later. */
export async function settle<Value>(work: () => Promise<Value>): Promise<Outcome<Value>> {
  try {
    return { kind: "done", value: await work() };
  } catch (error) {
    return { kind: "failed", error };
  }
}

/**
 * The first value of attempts made one after the other; undefined is passed over. When none has one, throws an
 * OomphError with what each said, and with the code that explains most: a wrong password rather than a server away.
 */
export async function firstOf<Value>(attempts: readonly (() => Promise<Value | undefined>)[], inVain: string): Promise<Value> {
  const errors: unknown[] = [];
  for (const attempt of attempts) {
    const outcome = await settle(attempt);
    if (outcome.kind === "failed") errors.push(outcome.error);
    else if (outcome.value !== undefined) return outcome.value;
  }
  throw combined(errors, inVain);
}

/** Several failures as one error. */
export function combined(errors: readonly unknown[], inVain: string): OomphError {
  const telling = errors.find((error) => !["unreachable", "timed-out"].includes(codeOf(error))) ?? errors[0];
  const said = [...new Set(errors.map(messageOf))].join(" ");
  return new OomphError(codeOf(telling), `${inVain} ${said}`, {
    retryable: telling instanceof OomphError && telling.retryable,
    cause: telling,
  });
}
