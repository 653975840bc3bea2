import { functionName, type HeapProfile, type HeapSample } from "./profile.ts";

/** A function with the memory that it holds, as `go tool pprof -top` counts. */
export type FunctionMemory = {
  readonly name: string;
  /** Asked for by the function itself. */
  readonly flatBytes: number;
  /** And by what it called. A function that calls itself is counted once. */
  readonly cumBytes: number;
  /** Was it written into its callers: nowhere, in some places, everywhere? */
  readonly inlined: "no" | "some" | "all";
};

// What holds less than this share is left out before callers are looked at. Source: pprof's default -nodefraction.
const LEAST_SHARE = 0.005;

/** The functions that hold most by themselves, largest first; of a difference those that changed most. */
export function topFunctions(profile: HeapProfile, limit: number): readonly FunctionMemory[] {
  const cutOff = LEAST_SHARE * profile.samples.reduce((sum, { bytes }) => sum + Math.abs(bytes), 0);
  const all = countFunctions(profile, () => true);
  const kept = countFunctions(profile, (name) => Math.abs(all.get(name)?.cumBytes ?? 0) >= cutOff);
  return [...kept.entries()]
    .map(([name, { flatBytes, cumBytes, callers }]) => ({ name, flatBytes, cumBytes, inlined: inlinedIn(callers) }))
    .toSorted((a, b) => Math.abs(b.flatBytes) - Math.abs(a.flatBytes) || Math.abs(b.cumBytes) - Math.abs(a.cumBytes))
    .slice(0, limit);
}

type Counted = {
  flatBytes: number;
  cumBytes: number;
  /** Name of the caller → written into it in every sample. */
  readonly callers: Map<string, boolean>;
};

function countFunctions(profile: HeapProfile, isKept: (name: string) => boolean): ReadonlyMap<string, Counted> {
  const counted = new Map<string, Counted>();
  for (const sample of profile.samples) countSample(profile, sample, { counted, isKept });
  return counted;
}

type Counting = { readonly counted: Map<string, Counted>; isKept(name: string): boolean };

/** From the outermost call inwards. Memory of a call that is left out belongs to no other. */
function countSample(profile: HeapProfile, { stack, bytes }: HeapSample, { counted, isKept }: Counting): void {
  const seen = new Set<string>();
  let caller: string | undefined;
  let isLeaf = false;
  for (const frame of stack.toReversed()) {
    const name = functionName(profile, frame);
    isLeaf = isKept(name);
    if (!isLeaf) continue;
    const one = counted.get(name) ?? { flatBytes: 0, cumBytes: 0, callers: new Map<string, boolean>() };
    counted.set(name, one);
    if (!seen.has(name)) one.cumBytes += bytes;
    seen.add(name);
    if (caller !== undefined && caller !== name) one.callers.set(caller, frame.inlined && (one.callers.get(caller) ?? true));
    caller = name;
  }
  const leaf = caller === undefined || !isLeaf ? undefined : counted.get(caller);
  if (leaf !== undefined) leaf.flatBytes += bytes;
}

function inlinedIn(callers: ReadonlyMap<string, boolean>): FunctionMemory["inlined"] {
  const written = [...callers.values()].filter(Boolean).length;
  if (written === 0) return "no";
  return written === callers.size ? "all" : "some";
}
