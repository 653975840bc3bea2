import { gzipSync } from "node:zlib";
import { Function as PprofFunction, Line, Location, Profile, Sample, StringTable, ValueType } from "pprof-format";

/** A call of a sampling profile as V8 gives it. */
export type SampledCall = {
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  /** Bytes that it asked for itself and that are still in use. */
  readonly selfSize: number;
  readonly children: readonly SampledCall[];
};

type Encoding = { readonly strings: StringTable; readonly functions: Map<string, number>; readonly samples: Sample[] };

/** V8's sampling profile in pprof's format, packed: `inuse_space` of what was asked for within `durationMs`. */
export function encodeSampling(
  root: SampledCall,
  { endedAtMs, durationMs }: { readonly endedAtMs: number; readonly durationMs: number },
): Uint8Array {
  const encoding: Encoding = { strings: new StringTable(), functions: new Map(), samples: [] };
  for (const child of root.children) walk(child, encoding);
  const { strings, functions, samples } = encoding;
  const profile = new Profile({
    stringTable: strings,
    sampleType: [new ValueType({ type: strings.dedup("inuse_space"), unit: strings.dedup("bytes") })],
    function: [...functions].map(([name, id]) => new PprofFunction({ id, name: strings.dedup(name) })),
    location: [...functions.values()].map((id) => new Location({ id, line: [new Line({ functionId: id })] })),
    sample: samples,
    timeNanos: BigInt(Math.round(endedAtMs)) * 1_000_000n,
    durationNanos: BigInt(Math.round(durationMs)) * 1_000_000n,
  });
  return gzipSync(profile.encode());
}

/** Deep recursion of the program that was looked at must not become ours. */
function walk(root: SampledCall, { functions, samples }: Encoding): void {
  const waiting: { readonly call: SampledCall; readonly callers: readonly number[] }[] = [{ call: root, callers: [] }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const name = nameOf(next.call);
    const id = functions.get(name) ?? functions.size + 1;
    functions.set(name, id);
    const stack = [id, ...next.callers];
    if (next.call.selfSize > 0) samples.push(new Sample({ locationId: stack, value: [Math.round(next.call.selfSize)] }));
    for (const child of next.call.children) waiting.push({ call: child, callers: stack });
  }
}

/** `newOrder /app/server.js:12` */
function nameOf({ callFrame: { functionName, url, lineNumber } }: SampledCall): string {
  const place = url === "" ? "" : ` ${url.replace(/^file:\/\//, "")}:${lineNumber + 1}`;
  return `${functionName === "" ? "(anonymous)" : functionName}${place}`;
}
