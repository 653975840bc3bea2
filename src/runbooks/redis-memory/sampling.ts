/** A share with its 95% interval, each 0 to 1. */
export type Estimate = { readonly value: number; readonly low: number; readonly high: number };

const Z = 1.96;

/** The share that `hits` of `sampled` stand for (Wilson's interval, which holds near 0 and 1 too). */
export function shareOf(hits: number, sampled: number, complete: boolean): Estimate {
  if (sampled === 0) return { value: 0, low: 0, high: 1 };
  const share = hits / sampled;
  if (complete) return { value: share, low: share, high: share };
  const spread = (Z * Z) / sampled;
  const middle = (share + spread / 2) / (1 + spread);
  const half = (Z * Math.sqrt((share * (1 - share)) / sampled + spread / (4 * sampled))) / (1 + spread);
  return { value: share, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

export type SizedSample = { readonly sized: number; readonly sizedBytes: number; readonly sizedSquares: number };

/** Bytes that `keys` keys take when a part of them was measured, with a 95% interval; undefined when none was. */
export function totalBytesOf({ sized, sizedBytes, sizedSquares }: SizedSample, keys: number): Estimate | undefined {
  if (sized === 0) return undefined;
  const mean = sizedBytes / sized;
  if (sized >= keys) return { value: sizedBytes, low: sizedBytes, high: sizedBytes };
  const variance = Math.max(0, sizedSquares / sized - mean * mean);
  const half = sized === 1 ? mean : Z * Math.sqrt(variance / (sized - 1));
  return { value: mean * keys, low: Math.max(0, mean - half) * keys, high: (mean + half) * keys };
}
