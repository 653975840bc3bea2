import { gunzipSync } from "node:zlib";
import { Profile, type Line, type Location, type Sample } from "pprof-format";
import { formatBytes } from "../../domain/bytes.ts";
import { messageOf, OomphError } from "../../domain/errors.ts";
import type { HeapFrame, HeapProfile, HeapSample } from "../../domain/heap/profile.ts";

/** A profile unpacked is at most so large: one that unpacks to more is no heap profile that anybody can read. */
const MOST_BYTES = 256 * 2 ** 20;

/**
 * A heap profile in pprof's format, packed by gzip or not. Throws OomphError `bad-input` for anything else: a CPU profile, a
 * web page, a file that breaks off.
 */
export function decodeHeapProfile(file: Uint8Array): HeapProfile {
  const profile = decoded(unpacked(file));
  const text = (index: number | bigint): string => profile.stringTable.strings[Number(index)] ?? "";
  const sampleTypes = profile.sampleType.map(({ type }) => text(type));
  const bytesAt = sampleTypes.indexOf("inuse_space");
  const objectsAt = sampleTypes.indexOf("inuse_objects");
  if (bytesAt === -1) throw new OomphError("bad-input", notHeap(sampleTypes));
  const names = new Map(profile.function.map((one) => [Number(one.id), text(one.name)]));
  const functions = new Map<string, number>();
  const frames = new Map(profile.location.map((location) => [Number(location.id), framesOf(location, { names, functions })]));
  const samples = merged(profile.sample).map(({ locationId, value }): HeapSample => ({
    stack: locationId.flatMap((id) => frames.get(Number(id)) ?? []),
    bytes: value[bytesAt] ?? 0,
    ...(objectsAt === -1 ? {} : { objects: value[objectsAt] ?? 0 }),
  }));
  const takenAtMs = Number(profile.timeNanos) / 1e6;
  return {
    sampleTypes,
    ...(takenAtMs > 0 ? { takenAtMs } : {}),
    durationMs: Number(profile.durationNanos) / 1e6,
    functions: [...functions.keys()],
    samples,
  };
}

type Merged = { readonly locationId: Sample["locationId"]; readonly value: number[] };

/** Samples of one stack and one size of blocks are one: in a difference they come as what was gained and what was lost. */
function merged(samples: readonly Sample[]): readonly Merged[] {
  const byKey = new Map<string, Merged>();
  for (const { locationId, value, label } of samples) {
    const key = `${locationId.join(",")};${label.map((one) => `${one.key}=${one.str}/${one.num}`).join(",")}`;
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, { locationId, value: value.map(signed) });
    else for (const [at, one] of value.entries()) known.value[at] = (known.value[at] ?? 0) + signed(one);
  }
  return [...byKey.values()];
}

/** The format's numbers are signed, and a difference has negative ones; the library reads them as unsigned. */
function signed(value: number | bigint): number {
  return typeof value === "number" ? value : Number(BigInt.asIntN(64, value));
}

function unpacked(file: Uint8Array): Uint8Array {
  if (file[0] !== 0x1f || file[1] !== 0x8b) return file;
  try {
    return gunzipSync(file, { maxOutputLength: MOST_BYTES });
  } catch (cause) {
    throw new OomphError(
      "bad-input",
      `expected a heap profile, got ${formatBytes(file.length)} packed by gzip that cannot be unpacked (${messageOf(cause)})`,
      { cause },
    );
  }
}

function decoded(bytes: Uint8Array): Profile {
  try {
    const profile = Profile.decode(bytes);
    if (profile.sampleType.length > 0 && profile.stringTable.strings.length > 1) return profile;
  } catch (cause) {
    throw new OomphError("bad-input", `expected a profile in pprof's format, got ${described(bytes)}`, { cause });
  }
  throw new OomphError("bad-input", `expected a profile in pprof's format, got ${described(bytes)}`);
}

function described(bytes: Uint8Array): string {
  const size = formatBytes(bytes.length);
  const beginning = Buffer.from(bytes.subarray(0, 200)).toString("utf8").trim();
  if (bytes.length === 0) return "nothing";
  if (/^<(?:!doctype|html)/i.test(beginning)) return `a web page of ${size}: is this the address of a profile?`;
  if (beginning.startsWith("heap profile:")) return "a profile as text: leave ?debug=1 away";
  return `${size} of something else`;
}

function notHeap(sampleTypes: readonly string[]): string {
  const measures = sampleTypes.map((name) => name.replaceAll(/[^\w.-]/g, "?").slice(0, 40)).join(", ");
  return `expected a heap profile, which measures inuse_space, got a profile of ${measures}: not a heap profile`;
}

type Names = { readonly names: ReadonlyMap<number, string>; readonly functions: Map<string, number> };

/** The innermost first; all but the last have been written into it by the compiler. */
function framesOf(location: Location, names: Names): readonly HeapFrame[] {
  const { line } = location;
  if (line.length === 0) return [{ function: numberOf(names, `0x${location.address.toString(16)}`), inlined: false }];
  return line.map((one, index) => ({ function: numberOf(names, nameOf(one, names)), inlined: index < line.length - 1 }));
}

function nameOf({ functionId }: Line, { names }: Names): string {
  return names.get(Number(functionId)) ?? `function ${functionId}`;
}

function numberOf({ functions }: Names, name: string): number {
  const known = functions.get(name);
  if (known !== undefined) return known;
  functions.set(name, functions.size);
  return functions.size - 1;
}
