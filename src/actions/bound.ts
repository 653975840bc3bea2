/**
 * How many keys an act may touch at most: computed once, frozen in the plan's params, and part of what is approved. Room
 * for normal coming and going is in it, so that planning again gives the same bound; a database that has outgrown it gets
 * a new one, and thereby another plan hash.
 */
export function keyBound(count: number, frozen: number | undefined): number {
  if (frozen !== undefined && count <= frozen) return frozen;
  return Math.ceil(count * 1.2) + 1000;
}
