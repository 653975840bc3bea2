import type { AskedObject, LookedUp, Targets } from "../ports/planner.ts";

/** Targets of every kind as one list. */
export function allTargets(kinds: readonly Targets[]): Targets {
  const lookUps = kinds.flatMap(({ lookUp }) => (lookUp === undefined ? [] : [lookUp]));
  return {
    async list(as) {
      const lists = await Promise.all(kinds.map((kind) => kind.list(as)));
      return { known: lists.flatMap(({ known }) => known), missing: lists.flatMap(({ missing }) => missing) };
    },
    isConfigured: (target) => kinds.some((kind) => kind.isConfigured(target)),
    ...(lookUps.length === 0 ? {} : { lookUp: (asked: AskedObject) => lookUpIn(lookUps, asked) }),
  };
}

async function lookUpIn(lookUps: readonly NonNullable<Targets["lookUp"]>[], asked: AskedObject): Promise<LookedUp> {
  const found = await Promise.all(lookUps.map((lookUp) => lookUp(asked)));
  const because = found.flatMap(({ because: one }) => (one === undefined ? [] : [one])).join("; ");
  return { targets: found.flatMap(({ targets }) => targets), ...(because === "" ? {} : { because }) };
}
