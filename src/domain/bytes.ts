const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** `1536` → `1.5 KiB`: one decimal from KiB up. Expects whole bytes; a negative number keeps its sign. */
export function formatBytes(bytes: number): string {
  const sign = bytes < 0 ? "-" : "";
  let size = Math.abs(bytes);
  let unit = 0;
  while (size >= 1024 && unit < UNITS.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${sign}${unit === 0 ? size.toFixed(0) : size.toFixed(1)} ${UNITS[unit]}`;
}

/** `2147483648` → `2g`: as a size is typed, in the largest of Docker's units that it is whole in. Expects whole bytes. */
export function typedBytes(bytes: number): string {
  const unit = ["g", "m", "k"].find((one) => bytes > 0 && bytes % (FACTORS[one] ?? 1) === 0) ?? "b";
  return `${bytes / (FACTORS[unit] ?? 1)}${unit}`;
}

const FACTORS: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  k: 1024,
  kb: 1024,
  kib: 1024,
  m: 1024 ** 2,
  mb: 1024 ** 2,
  mib: 1024 ** 2,
  g: 1024 ** 3,
  gb: 1024 ** 3,
  gib: 1024 ** 3,
  t: 1024 ** 4,
  tb: 1024 ** 4,
  tib: 1024 ** 4,
};

/**
 * `256mb`, `1.5 GiB`, `1048576` → bytes. `kb`, `mb`, `gb` mean powers of 1024, as in redis.conf. Undefined for anything
 * else, for negative sizes and for what is larger than a number holds exactly.
 */
export function parseBytes(text: string): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text);
  const factor = FACTORS[(match?.[2] ?? "?").toLowerCase()];
  if (match?.[1] === undefined || factor === undefined) return undefined;
  const bytes = Math.round(Number(match[1]) * factor);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
