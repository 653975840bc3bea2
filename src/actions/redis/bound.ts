import { formatCount } from "../../domain/count.ts";

export type BoundParams = {
  /** What somebody typed: more is refused, at any time. */
  readonly atMostKeys?: number | undefined;
  /** What an earlier planning computed and froze. */
  readonly boundKeys?: number | undefined;
};

export type KeyBound =
  | {
      readonly kind: "bound";
      readonly atMostKeys: number;
      /** The params that give the same bound when planned again. */
      readonly params: { readonly atMostKeys: number } | { readonly boundKeys: number };
      /** There are more keys than an earlier plan was computed for. */
      readonly grown: boolean;
    }
  | { readonly kind: "refused"; readonly because: string };

/**
 * How many keys an act may touch at most, a part of what is approved. Typed by somebody, or computed once and frozen in
 * the plan's params with room for normal coming and going: planning again gives the same bound; a database that has
 * outgrown a computed one gets a new one, and thereby another plan hash.
 */
export function keyBound(count: number, { atMostKeys, boundKeys }: BoundParams): KeyBound {
  if (atMostKeys !== undefined) {
    if (count <= atMostKeys) return { kind: "bound", atMostKeys, params: { atMostKeys }, grown: false };
    return {
      kind: "refused",
      because: `expected at most ${formatCount(atMostKeys)} keys (--at-most-keys), found ${formatCount(count)}: look at them first, then ask with a higher number or without`,
    };
  }
  const isKept = boundKeys !== undefined && count <= boundKeys;
  const bound = isKept ? boundKeys : Math.ceil(count * 1.2) + 1000;
  return { kind: "bound", atMostKeys: bound, params: { boundKeys: bound }, grown: boundKeys !== undefined && !isKept };
}
