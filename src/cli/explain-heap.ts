import { constants, gunzipSync } from "node:zlib";
import { decodeHeapProfile } from "../adapters/heap/decode-profile.ts";
import { formatBytes } from "../domain/bytes.ts";
import { formatDuration } from "../domain/duration.ts";
import { compareProfiles } from "../domain/heap/compare-profiles.ts";
import { totalBytes, type HeapProfile } from "../domain/heap/profile.ts";
import { topFunctions, type FunctionMemory } from "../domain/heap/top-functions.ts";
import type { Explained } from "./explained.ts";

/** What a heap profile holds. Keys are stable for scripts. */
export type HeapResult = {
  readonly kind: "heap_profile";
  /** `inuse_space` over all. */
  readonly totalBytes: number;
  readonly takenAtMs: number | null;
  readonly durationMs: number;
  /** False: samples were added up or subtracted over `durationMs`, and are not what is in use. */
  readonly snapshot: boolean;
  /** As `go tool pprof -top -sample_index=inuse_space` lists them, all that hold something worth listing. */
  readonly top: readonly FunctionMemory[];
  /** Since the profile of `--base`. */
  readonly growth?: { readonly totalBytes: number; readonly elapsedMs: number; readonly top: readonly FunctionMemory[] };
};

const MOST_LISTED = 500;
const MOST_SHOWN = 20;
// What a field of the message Profile may begin with, in protocol buffers. Source: pprof's profile.proto.
const TAGS: ReadonlySet<number> = new Set([0x0a, 0x12, 0x1a, 0x22, 0x2a, 0x32, 0x38, 0x40, 0x48, 0x50, 0x5a, 0x60, 0x68, 0x70]);
const LOOKED_AT = 64;
const PACKED_LOOKED_AT = 4096;

/** May a file with this beginning be a profile in pprof's format, packed by gzip or not? */
export function mayBeProfile(beginning: Uint8Array): boolean {
  const bytes = unpackedBeginning(beginning).subarray(0, LOOKED_AT);
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b;
  return !isZip && TAGS.has(bytes[0] ?? 0) && bytes.some((byte) => byte < 9);
}

/** The functions that hold most, and with a `base` those that grew. Throws OomphError `bad-input` for what is no heap profile. */
export function explainHeap(file: Uint8Array, base?: Uint8Array): Explained<HeapResult> {
  const profile = decodeHeapProfile(file);
  const growth = base === undefined ? undefined : compareProfiles(decodeHeapProfile(base), profile);
  const result: HeapResult = {
    kind: "heap_profile",
    totalBytes: totalBytes(profile),
    takenAtMs: profile.takenAtMs ?? null,
    durationMs: profile.durationMs,
    snapshot: profile.durationMs === 0,
    top: topFunctions(profile, MOST_LISTED),
    ...(growth === undefined ? {} : { growth: growthOf(growth) }),
  };
  return { result, text: rendered(result) };
}

function growthOf(growth: HeapProfile): NonNullable<HeapResult["growth"]> {
  const top = topFunctions(growth, MOST_LISTED).filter(({ flatBytes, cumBytes }) => flatBytes !== 0 || cumBytes !== 0);
  return { totalBytes: totalBytes(growth), elapsedMs: growth.durationMs, top };
}

function unpackedBeginning(beginning: Uint8Array): Uint8Array {
  if (beginning[0] !== 0x1f || beginning[1] !== 0x8b) return beginning;
  try {
    return gunzipSync(beginning.subarray(0, PACKED_LOOKED_AT), { finishFlush: constants.Z_SYNC_FLUSH }); // it may well break off here
  } catch {
    return new Uint8Array();
  }
}

function rendered({ totalBytes: total, takenAtMs, durationMs, snapshot, top, growth }: HeapResult): string {
  const taken = takenAtMs === null ? "" : `, taken at ${new Date(takenAtMs).toISOString().replace(/\.\d+Z$/, "Z")}`;
  const held = `${formatBytes(total)} in use by its samples${taken}.`;
  const over = `${formatBytes(total)} over ${formatDuration(durationMs)}${taken}: samples were added up or subtracted over that time, and this is not what is in use at any moment.`;
  const sections = [
    `A heap profile: ${snapshot ? held : over}`,
    listing("Held by function (flat: asked for by itself; cum: with what it called)", top, total),
    ...(growth === undefined ? [] : [grown(growth)]),
  ];
  return `${sections.join("\n\n")}\n`;
}

function grown({ totalBytes: total, elapsedMs, top }: NonNullable<HeapResult["growth"]>): string {
  const within = elapsedMs === 0 ? "" : ` within ${formatDuration(elapsedMs)}`;
  return listing(`Since the base: ${signed(total)}${within}`, top, Math.abs(total));
}

function listing(title: string, top: readonly FunctionMemory[], total: number): string {
  const shown = top.slice(0, MOST_SHOWN);
  const more = top.length > shown.length ? [`  and ${top.length - shown.length} more: --json has them`] : [];
  return [`${title}:`, ...(shown.length === 0 ? ["  none"] : shown.map((one) => row(one, total))), ...more].join("\n");
}

function row({ name, flatBytes, cumBytes, inlined }: FunctionMemory, total: number): string {
  const share = total === 0 ? "" : `${((flatBytes / total) * 100).toFixed(1)}%`;
  const written = { no: "", some: " (inlined in part)", all: " (inlined)" }[inlined];
  return `  ${formatBytes(flatBytes).padStart(11)} ${share.padStart(7)}  ${formatBytes(cumBytes).padStart(11)}  ${name}${written}`;
}

function signed(bytes: number): string {
  return bytes > 0 ? `+${formatBytes(bytes)}` : formatBytes(bytes);
}
