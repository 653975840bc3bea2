// Kubernetes' resource.Quantity: a decimal number with a suffix or an exponent.
const FORM = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:[eE]([+-]?\d+)|([numkMGTPE]|[KMGTPE]i))?$/;
const FACTORS: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** `64Mi`, `1.5G`, `1e9`, `250m`, a plain number → the number. Undefined for anything else. */
export function parseQuantity(value: string | number | undefined): number | undefined {
  if (typeof value !== "string") return value;
  const [matched, digits = "", exponent, suffix] = FORM.exec(value.trim()) ?? [];
  if (matched === undefined) return undefined;
  const number = Number(digits);
  if (exponent !== undefined) return number * 10 ** Number(exponent);
  return number * (suffix === undefined ? 1 : (FACTORS[suffix] ?? Number.NaN));
}

/** The same in whole bytes: `128974848000m` is a size that people do write. */
export function parseBytesQuantity(value: string | number | undefined): number | undefined {
  const bytes = parseQuantity(value);
  return bytes === undefined ? undefined : Math.ceil(bytes);
}

/** Bytes as Kubernetes writes them: `134217728` → `128Mi`; what is no whole number of KiB stays a plain number. */
export function formatQuantity(bytes: number): string {
  const suffix = ["Ti", "Gi", "Mi", "Ki"].find((one) => bytes > 0 && bytes % (FACTORS[one] ?? 1) === 0);
  return suffix === undefined ? String(bytes) : `${bytes / (FACTORS[suffix] ?? 1)}${suffix}`;
}
