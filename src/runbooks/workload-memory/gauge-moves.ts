import type { Picture } from "./picture.ts";

/** One number of a program, as it moved between two reads. */
export type GaugeMove = {
  readonly pod: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly first: number;
  readonly last: number;
  /** 0: it was read once only. */
  readonly overMs: number;
};

/** Every gauge that was read. Pure. */
export function gaugesIn({ metrics }: Picture): readonly GaugeMove[] {
  return (metrics?.value.endpoints ?? []).flatMap(({ pod, firstAtMs, lastAtMs = firstAtMs, gauges }) =>
    gauges.map(({ name, labels, first, last = first }) => ({ pod, name, labels, first, last, overMs: Math.max(0, lastAtMs - firstAtMs) })),
  );
}

/** How much it rises in an hour, if it goes on as it did. Undefined: it was read once only. Pure. */
export function perHour({ first, last, overMs }: GaugeMove): number | undefined {
  return overMs === 0 ? undefined : ((last - first) / overMs) * 3_600_000;
}

/** `sse_connections_active 412 (+5 in 3 s)`. Pure. */
export function moveInWords({ name, labels, first, last, overMs }: GaugeMove): string {
  const of = Object.values(labels).slice(0, 2).join(", ");
  const change = last - first;
  const seconds = Math.round(overMs / 100) / 10;
  const moved = overMs === 0 ? "read once" : `${signOf(change)}${figure(change)} in ${seconds} s`;
  return `${name}${of === "" ? "" : ` (${of})`} is ${figure(last)} (${moved})`;
}

/** A minus is written with the figure. */
function signOf(change: number): string {
  if (change === 0) return "±";
  return change > 0 ? "+" : "";
}

/** `412`, `1.5 million`. */
function figure(value: number): string {
  if (Math.abs(value) >= 10_000_000) return `${Math.round(value / 100_000) / 10} million`;
  return String(Number.isInteger(value) ? value : Math.round(value * 100) / 100);
}
