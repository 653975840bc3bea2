import { counted } from "../domain/count.ts";
import type { Json } from "../domain/json.ts";

/** `1 key`, `12,345 keys`. */
export function keys(count: number): string {
  return counted(count, "key");
}

/** `0.123` → `12%`; what is neither nothing nor everything never reads as 0% or 100%. */
export function percent(share: number): string {
  if (share > 0 && share < 0.01) return "under 1%";
  if (share > 0.99 && share < 1) return "over 99%";
  return `${Math.round(share * 100)}%`;
}

/** A name from outside, short and on one line. */
export function shown(name: string, most = 60): string {
  const clean = name.replaceAll(/\p{C}/gu, "\u00b7");
  return clean.length <= most ? clean : `${clean.slice(0, most - 3)}...`;
}

/** What came, for a refusal. */
export function received(value: Json | undefined): string {
  return value === undefined ? "nothing" : shown(JSON.stringify(value));
}
