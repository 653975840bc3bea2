import { createHash } from "node:crypto";
import { formatBytes } from "../../../domain/bytes.ts";
import { formatCount } from "../../../domain/count.ts";
import type { HeapProfileScope, Taken } from "./schema.ts";

type File = Taken["files"][number];
type Described = { readonly suffix: string; /** For its title. */ readonly what: string };

/** A file for the thread, whose title says what it is and its SHA-256. */
export function fileOf({ pod }: HeapProfileScope, { suffix, what, bytes }: Described & { readonly bytes: Uint8Array }): File {
  const sum = createHash("sha256").update(bytes).digest("hex");
  return { name: `heap-${pod}${suffix}`, title: `${what}, SHA-256 ${sum}`, base64: Buffer.from(bytes).toString("base64") };
}

export function textFile(scope: HeapProfileScope, { text, ...described }: Described & { readonly text: string }): File {
  return fileOf(scope, { ...described, bytes: Buffer.from(text, "utf8") });
}

export function signedBytes(bytes: number): string {
  return bytes > 0 ? `+${formatBytes(bytes)}` : formatBytes(bytes);
}

export function signedCount(count: number): string {
  return count > 0 ? `+${formatCount(count)}` : formatCount(count);
}
