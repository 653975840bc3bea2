import { NO_VALUE } from "../domain/heard-labels.ts";
import type { Incident } from "../domain/incident.ts";
import { fitsPattern } from "../domain/name-pattern.ts";
import { nearest } from "../domain/nearest.ts";
import type { Silenced } from "../domain/silence.ts";
import type { Front } from "./front.ts";

/** Labels that many senders have, known before the first alert. */
const COMMON =
  "alertname severity class source namespace pod container node instance job service cluster team env image deployment host".split(" ");

/** Labels of this many incidents are looked at, the newest. */
const MOST_INCIDENTS = 500;
const MOST_NAMED = 8;

/** Of a label that no alert had so far: a sentence that says so, and what may have been meant. Undefined: it is known. */
export async function labelHint({ desk }: Pick<Front, "desk">, what: Silenced): Promise<string | undefined> {
  if (what.kind !== "label") return undefined;
  const [name, pattern] = [what.name.toLowerCase(), what.pattern.toLowerCase()];
  const seen = valuesByName(await desk.store.incidents.list({ limit: MOST_INCIDENTS }));
  const values = [...(seen.get(name) ?? [])];
  if (values.length > 0) return unknownValue(what, values.some((value) => fitsPattern(pattern, value)) ? [] : nearest(pattern, values));
  if (COMMON.some((one) => one === name)) return undefined;
  const near = nearest(name, [...new Set([...seen.keys(), ...COMMON])]);
  const known = [...seen.keys()].slice(0, MOST_NAMED).map((one) => `\`${one}\``);
  const there = known.length === 0 ? "" : ` Alerts had ${known.join(", ")}${seen.size > MOST_NAMED ? " and others" : ""}.`;
  const meant = near.map((one) => `\`${one}=${what.pattern}\``).join(" or ");
  return `No alert so far had a label \`${what.name}\`.${meant === "" ? there : ` Did you mean ${meant}?`}`;
}

function unknownValue({ name, pattern }: Extract<Silenced, { readonly kind: "label" }>, near: readonly string[]): string | undefined {
  if (near.length === 0) return undefined;
  return `No alert so far had \`${name}=${pattern}\`. Did you mean ${near.map((one) => `\`${name}=${one}\``).join(" or ")}?`;
}

/** In small letters. */
function valuesByName(incidents: readonly Incident[]): ReadonlyMap<string, ReadonlySet<string>> {
  const seen = new Map<string, Set<string>>();
  for (const [label, values] of incidents.flatMap(({ labels = {} }) => Object.entries(labels))) {
    const name = label.toLowerCase();
    const all = seen.get(name) ?? new Set<string>();
    seen.set(name, all);
    for (const value of values) if (value !== NO_VALUE) all.add(value.toLowerCase());
  }
  return seen;
}
