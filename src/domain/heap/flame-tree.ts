import { functionName, type HeapProfile } from "./profile.ts";

/** Calls with the memory that they and what they called hold. */
export type FlameNode = {
  readonly name: string;
  readonly bytes: number;
  /** How much of it came since the snapshot before; absent: there is none. */
  readonly grownBytes?: number;
  /** Largest first. What is too narrow to be seen is left out, so their sum may be less than `bytes`. */
  readonly children: readonly FlameNode[];
};

export type FlameLimits = {
  /** Share of the whole below which a call is left out, 0 to 1. */
  readonly leastShare: number;
  /** Deeper calls are left out. */
  readonly mostDeep: number;
};

type Growing = { bytes: number; grownBytes: number; readonly children: Map<string, Growing> };

/** The calls of a snapshot from the outermost inwards; with `growth`, a comparison with an earlier one, each says how much it grew. */
export function flameTree(profile: HeapProfile, limits: FlameLimits, growth?: HeapProfile): FlameNode {
  const root: Growing = { bytes: 0, grownBytes: 0, children: new Map() };
  add(root, profile, "bytes");
  if (growth !== undefined) add(root, growth, "grownBytes");
  const least = limits.leastShare * root.bytes;
  return finished("all", root, { least, mostDeep: limits.mostDeep, compares: growth !== undefined });
}

function add(root: Growing, profile: HeapProfile, to: "bytes" | "grownBytes"): void {
  for (const { stack, bytes } of profile.samples) {
    let node = root;
    node[to] += bytes;
    for (const frame of stack.toReversed()) {
      const name = functionName(profile, frame);
      const next = node.children.get(name) ?? { bytes: 0, grownBytes: 0, children: new Map() };
      node.children.set(name, next);
      node = next;
      node[to] += bytes;
    }
  }
}

function finished(
  name: string,
  { bytes, grownBytes, children }: Growing,
  limits: { readonly least: number; readonly mostDeep: number; readonly compares: boolean },
): FlameNode {
  const shown = limits.mostDeep <= 0 ? [] : [...children.entries()].filter(([, child]) => child.bytes > 0 && child.bytes >= limits.least);
  return {
    name,
    bytes,
    ...(limits.compares ? { grownBytes } : {}),
    children: shown
      .map(([childName, child]) => finished(childName, child, { ...limits, mostDeep: limits.mostDeep - 1 }))
      .toSorted((a, b) => b.bytes - a.bytes),
  };
}
