import { listMerger } from "../domain/merge-lists.ts";
import type { AskedObject, KnownTarget, LookedUp, TargetList, Targets } from "../ports/planner.ts";

/** Targets of every kind as one list. */
export function allTargets(kinds: readonly Targets[]): Targets {
  const lookUps = kinds.flatMap(({ lookUp }) => (lookUp === undefined ? [] : [lookUp]));
  const merged = listMerger<KnownTarget, TargetList["missing"][number]>();
  return {
    list: async (as) => merged(await Promise.all(kinds.map((kind) => kind.list(as)))),
    kinds: () => kinds.flatMap((kind) => kind.kinds()),
    isConfigured: (target) => kinds.some((kind) => kind.isConfigured(target)),
    ...(lookUps.length === 0 ? {} : { lookUp: (asked: AskedObject) => lookUpIn(lookUps, asked) }),
  };
}

async function lookUpIn(lookUps: readonly NonNullable<Targets["lookUp"]>[], asked: AskedObject): Promise<LookedUp> {
  const found = await Promise.all(lookUps.map((lookUp) => lookUp(asked)));
  const because = found.flatMap(({ because: one }) => (one === undefined ? [] : [one])).join("; ");
  return { targets: found.flatMap(({ targets }) => targets), ...(because === "" ? {} : { because }) };
}
