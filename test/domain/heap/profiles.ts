import type { HeapFrame, HeapProfile } from "../../../src/domain/heap/profile.ts";

/** `leaf<caller<main 100`: stacks from the innermost call outwards with bytes; `leaf!` was written into its caller. */
export function heapProfile(...samples: readonly string[]): HeapProfile {
  const functions: string[] = [];
  const frameOf = (written: string): HeapFrame => {
    const name = written.replace(/!$/, "");
    if (!functions.includes(name)) functions.push(name);
    return { function: functions.indexOf(name), inlined: written.endsWith("!") };
  };
  const read = samples.map((sample) => {
    const [stack = "", bytes] = sample.split(" ");
    return { stack: stack.split("<").map(frameOf), bytes: Number(bytes) };
  });
  return { sampleTypes: ["inuse_space"], durationMs: 0, functions, samples: read };
}
