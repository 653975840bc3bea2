import type { Targets } from "../ports/planner.ts";

/** Targets of every kind as one list. */
export function allTargets(kinds: readonly Targets[]): Targets {
  return {
    async list(as) {
      const lists = await Promise.all(kinds.map((kind) => kind.list(as)));
      return { known: lists.flatMap(({ known }) => known), missing: lists.flatMap(({ missing }) => missing) };
    },
    isConfigured: (target) => kinds.some((kind) => kind.isConfigured(target)),
  };
}
