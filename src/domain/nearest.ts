/** The candidates that a typo may have meant, nearest first, three at the most. */
export function nearest(typed: string, candidates: readonly string[]): readonly string[] {
  const wanted = typed.toLowerCase().slice(0, LONGEST);
  return candidates
    .map((candidate) => ({ candidate, distance: editDistance(wanted, candidate.toLowerCase().slice(0, LONGEST)) }))
    .filter(({ candidate, distance }) => distance <= Math.max(1, Math.floor(Math.min(candidate.length, wanted.length) / 2.5)))
    .toSorted((left, right) => left.distance - right.distance)
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

// Names are short; whatever is longer is no typo.
const LONGEST = 64;

/** Letters to add, drop, change or swap with their neighbour (optimal string alignment). */
function editDistance(left: string, right: string): number {
  let before: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row += 1) {
    const line = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const same = left[row - 1] === right[column - 1];
      const swapped = row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      const cost = Math.min(at(last, column) + 1, at(line, column - 1) + 1, at(last, column - 1) + (same ? 0 : 1));
      line.push(swapped ? Math.min(cost, at(before, column - 2) + 1) : cost);
    }
    before = last;
    last = line;
  }
  return at(last, right.length);
}

function at(line: readonly number[], index: number): number {
  return line[index] ?? Number.POSITIVE_INFINITY;
}
