import type { Target } from "../../src/domain/target.ts";
import { targetKey } from "../../src/domain/target.ts";
import type { Targets } from "../../src/ports/planner.ts";

/** Targets that are there, each with its other names. */
export function targetsOf(known: readonly Target[], aliases: (target: Target) => readonly string[] = () => []): Targets {
  return {
    list: () => Promise.resolve({ known: known.map((target) => ({ target, aliases: aliases(target) })), missing: [] }),
    kinds: () => [...new Set(known.map(({ kind }) => kind))],
    isConfigured: (target) => known.some((one) => targetKey(one) === targetKey(target)),
  };
}
