import { closeSync, constants, openSync, readSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { KernelLogScan } from "../../domain/kernel-oom/kernel-log-scan.ts";
import type { SourceReading } from "./source.ts";

// A record is at most this long; a smaller buffer is refused by the kernel.
const RECORD_BYTES = 8192;
// The ring of a large server, and an end for a file that is not the ring.
const MOST_RECORDS = 500_000;
const RECORDS_AT_ONCE = 50;

/** The kernel's ring buffer from its oldest record to now. Never waits for further records. */
export async function readKmsg(path: string): Promise<SourceReading> {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    return { kind: "refused", because: refusalOf(codeOf(error)) };
  }
  try {
    return await readRecords(fd);
  } finally {
    closeSync(fd);
  }
}

/** A record takes the kernel a microsecond, and a hundred times that by way of a thread: others have their turn between heaps of them. */
async function readRecords(fd: number): Promise<SourceReading> {
  const scan = new KernelLogScan();
  const record = Buffer.allocUnsafe(RECORD_BYTES);
  let oldestSeconds: number | undefined;
  let piece = "";
  for (let count = 1; count <= MOST_RECORDS; count += 1) {
    const read = readOne(fd, record);
    if (read === "end") break;
    if (read === "refused") return { kind: "refused", because: refusalOf("EPERM") };
    if (read === "overwritten") continue;
    piece += record.toString("latin1", 0, read);
    oldestSeconds ??= uptimeOf(piece);
    if (count % RECORDS_AT_ONCE !== 0) continue;
    scan.push(piece);
    piece = "";
    await setImmediate();
  }
  scan.push(piece);
  return { kind: "read", reading: scan.end(), oldestSeconds };
}

/** One call gives one record. */
function readOne(fd: number, record: Buffer): number | "end" | "overwritten" | "refused" {
  try {
    const read = readSync(fd, record, 0, RECORD_BYTES, null);
    return read === 0 ? "end" : read;
  } catch (error) {
    const code = codeOf(error);
    if (code === "EAGAIN") return "end";
    if (code === "EPIPE" || code === "EINVAL") return "overwritten"; // the ring turned under the reader; the next is the oldest left
    if (code === "EPERM" || code === "EACCES") return "refused";
    throw error;
  }
}

function uptimeOf(record: string): number | undefined {
  const micros = /^\d+,\d+,(\d+),/.exec(record)?.[1];
  return micros === undefined ? undefined : Number(micros) / 1e6;
}

function refusalOf(code: string): string {
  if (code === "ENOENT") return "not there (a container does not see it)";
  if (code === "EPERM" || code === "EACCES") return "no right to read it (needs CAP_SYSLOG, or kernel.dmesg_restrict=0)";
  return `cannot be opened (${code})`;
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown";
}
