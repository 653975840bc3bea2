import type { Picture } from "./picture.ts";
import type { PatternHits } from "../logs/schema.ts";

/** The hits of a kind of pattern: the one seen last. Undefined: none, or no log was read. */
export function hits({ logs }: Picture, kind: PatternHits["kind"]): PatternHits | undefined {
  return (logs?.value.patterns ?? []).filter((each) => each.kind === kind).toSorted((left, right) => right.lastAtMs - left.lastAtMs)[0];
}
