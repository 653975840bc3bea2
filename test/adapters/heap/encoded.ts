import { Function as PprofFunction, Line, Location, Profile, Sample, StringTable, ValueType } from "pprof-format";

/** A profile in pprof's format of stacks, the innermost call first. */
export function encodedProfile(
  stacks: readonly (readonly [stack: readonly string[], bytes: number])[],
  types = ["inuse_objects", "inuse_space"],
  durationMs = 0,
): Uint8Array {
  const strings = new StringTable();
  const names = [...new Set(stacks.flatMap(([stack]) => stack))];
  return new Profile({
    stringTable: strings,
    sampleType: types.map((type) => new ValueType({ type: strings.dedup(type), unit: strings.dedup("bytes") })),
    function: names.map((name, at) => new PprofFunction({ id: at + 1, name: strings.dedup(name) })),
    location: names.map((_, at) => new Location({ id: at + 1, line: [new Line({ functionId: at + 1, line: 1 })] })),
    sample: stacks.map(
      ([stack, bytes]) =>
        new Sample({
          locationId: stack.map((name) => names.indexOf(name) + 1),
          value: types.map((type) => (type.endsWith("space") ? bytes : 1)),
        }),
    ),
    timeNanos: 1_700_000_000_000_000_000n,
    durationNanos: durationMs * 1e6,
  }).encode();
}
