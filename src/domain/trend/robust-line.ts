/** A point of a line: hours and bytes, or any two units. */
export type Point = { readonly x: number; readonly y: number };

/** A straight line that half of the points cannot bend, and how sure its slope is. */
export type RobustLine = {
  /** Theil and Sen: the middle one of the slopes between all pairs of points. */
  readonly slope: number;
  /** 95% interval of the slope (Sen 1968), widened where neighbours resemble each other. */
  readonly low: number;
  readonly high: number;
  /** Mann and Kendall's statistic in standard deviations: how far from chance the rising (or falling) is. */
  readonly z: number;
  /** Lag-1 autocorrelation of what the line leaves over, 0 to MOST_ALIKE. */
  readonly alike: number;
  /** The middle one of y − slope × x. */
  readonly offset: number;
};

const Z_95 = 1.96;
// At 0.8 each point counts for a ninth; more would let no 24 points prove anything.
const MOST_ALIKE = 0.8;

/** Expects 3 points or more with different x; undefined for fewer. Costs n² / 2 slopes: for dozens of points. */
export function robustLine(points: readonly Point[]): RobustLine | undefined {
  const { slopes, rises } = slopesBetween(points);
  if (points.length < 3 || slopes.length === 0) return undefined;
  const slope = quantileOfSorted(slopes, 0.5);
  const offset = quantile(
    points.map(({ x, y }) => y - slope * x),
    0.5,
  );
  const alike = autocorrelation(points.map(({ x, y }) => y - slope * x - offset));
  // Yue and Wang 2004: what resembles its neighbour tells less than what is new.
  const spread = Math.sqrt((varianceOfRises(points.length) * (1 + alike)) / (1 - alike));
  const aside = (Z_95 * spread) / 2 / slopes.length;
  return {
    slope,
    low: quantileOfSorted(slopes, 0.5 - aside),
    high: quantileOfSorted(slopes, 0.5 + aside),
    z: (rises - Math.sign(rises)) / spread,
    alike,
    offset,
  };
}

/** Slopes of all pairs, sorted, and how many more of them rise than fall. */
function slopesBetween(points: readonly Point[]): { readonly slopes: Float64Array; readonly rises: number } {
  const slopes = new Float64Array((points.length * (points.length - 1)) / 2);
  let count = 0;
  let rises = 0;
  for (const [at, later] of points.entries()) {
    for (let before = 0; before < at; before += 1) {
      const earlier = points[before];
      if (earlier === undefined || later.x === earlier.x) continue;
      const slope = (later.y - earlier.y) / (later.x - earlier.x);
      slopes[count] = slope;
      count += 1;
      rises += Math.sign(slope);
    }
  }
  return { slopes: slopes.subarray(0, count).toSorted(), rises };
}

/** Between the two nearest; NaN of none. */
export function quantile(figures: readonly number[], share: number): number {
  return quantileOfSorted(Float64Array.from(figures).toSorted(), share);
}

function quantileOfSorted(sorted: Float64Array, share: number): number {
  const place = Math.min(1, Math.max(0, share)) * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}

function varianceOfRises(count: number): number {
  return (count * (count - 1) * (2 * count + 5)) / 18;
}

function autocorrelation(rest: readonly number[]): number {
  const mean = rest.reduce((sum, one) => sum + one, 0) / rest.length;
  let together = 0;
  let alone = 0;
  for (const [at, one] of rest.entries()) {
    alone += (one - mean) ** 2;
    if (at > 0) together += (one - mean) * ((rest[at - 1] ?? mean) - mean);
  }
  return alone === 0 ? 0 : Math.min(MOST_ALIKE, Math.max(0, together / alone));
}
