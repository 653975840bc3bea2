const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `30m`, `1.5h`, `900ms` → milliseconds. Undefined for anything else; a bare number has no unit and is refused. */
export function parseDuration(text: string): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)\s*$/i.exec(text);
  const factor = UNIT_MS[(match?.[2] ?? "?").toLowerCase()];
  return match?.[1] === undefined || factor === undefined ? undefined : Math.round(Number(match[1]) * factor);
}

/** `412` → `412 ms`, `65_000` → `1 min 5 s`, `7_500_000` → `2 h 5 min`: two units at the most. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 3_600_000) return twoUnits(ms, { unitMs: 60_000, unit: "min", restMs: 1000, rest: "s" });
  if (ms < 86_400_000) return twoUnits(ms, { unitMs: 3_600_000, unit: "h", restMs: 60_000, rest: "min" });
  return twoUnits(ms, { unitMs: 86_400_000, unit: "d", restMs: 3_600_000, rest: "h" });
}

type Units = { readonly unitMs: number; readonly unit: string; readonly restMs: number; readonly rest: string };

function twoUnits(ms: number, { unitMs, unit, restMs, rest }: Units): string {
  const whole = Math.floor(ms / unitMs);
  const left = Math.floor((ms - whole * unitMs) / restMs);
  return left === 0 ? `${whole} ${unit}` : `${whole} ${unit} ${left} ${rest}`;
}
