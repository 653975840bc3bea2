import type { Alert } from "../domain/alert.ts";

/** What a recogniser made of a text: the result for scripts, and the same for a terminal, without colours. */
export type Explained<Result extends { readonly kind: string }> = {
  readonly result: Result;
  readonly text: string;
  /** Where it is an alert's: as the running Oomph reads it. */
  readonly alerts?: readonly Alert[];
};
