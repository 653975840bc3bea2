import { functionName, type HeapFrame, type HeapProfile, type HeapSample } from "./profile.ts";

/**
 * What changed from one snapshot to a later one of the same program, stack by stack: growth is positive. Stacks are known
 * by the names of their functions, so that another build of the program compares as well.
 */
export function compareProfiles(before: HeapProfile, after: HeapProfile): HeapProfile {
  const functions = new Map<string, number>();
  const stacks = new Map<string, { readonly stack: readonly HeapFrame[]; bytes: number; objects: number }>();
  for (const [profile, sign] of [[before, -1] as const, [after, 1] as const]) {
    for (const sample of profile.samples) {
      const stack = sample.stack.map((frame) => ({ ...frame, function: numberOf(functions, functionName(profile, frame)) }));
      const key = stack.map((frame) => `${frame.function}${frame.inlined ? "i" : ""}`).join(",");
      const sum = stacks.get(key) ?? { stack, bytes: 0, objects: 0 };
      sum.bytes += sign * sample.bytes;
      sum.objects += sign * (sample.objects ?? 0);
      stacks.set(key, sum);
    }
  }
  const samples: readonly HeapSample[] = [...stacks.values()].filter(({ bytes, objects }) => bytes !== 0 || objects !== 0);
  const elapsedMs = Math.max(0, (after.takenAtMs ?? 0) - (before.takenAtMs ?? after.takenAtMs ?? 0));
  return { sampleTypes: after.sampleTypes, durationMs: elapsedMs, functions: [...functions.keys()], samples };
}

function numberOf(functions: Map<string, number>, name: string): number {
  const known = functions.get(name);
  if (known !== undefined) return known;
  functions.set(name, functions.size);
  return functions.size - 1;
}
