import { formatBytes } from "../../domain/bytes.ts";
import type { Advice } from "../../domain/finding.ts";
import { isMasked } from "../../domain/mask-secrets.ts";
import { limitOf } from "./figures.ts";
import type { Picture } from "./picture.ts";
import type { Setting } from "../parts/schema.ts";

const MEBIBYTE = 2 ** 20;
// The rest is for what a runtime keeps beside its heap: stacks, code, buffers.
const HEAP_SHARE = 0.7;
const WORTHWHILE = 1.25;

/** A larger heap, where the container's limit has room for it and a variable of its own says how large. */
export function heapAdvice(picture: Picture, setting: Setting | undefined): readonly Advice[] {
  const limit = limitOf(picture);
  if (limit === undefined || limit.is === "host" || setting?.amount === undefined || setting.from !== "environment") return [];
  const bytes = Math.floor((limit.bytes * HEAP_SHARE) / MEBIBYTE) * MEBIBYTE;
  const variable = variableFor(setting, bytes);
  if (variable === undefined || bytes < setting.amount * WORTHWHILE || isMasked(setting.value)) return [];
  const why = `Raises the heap from ${formatBytes(setting.amount)} to ${formatBytes(bytes)}, 70% of the limit of ${formatBytes(limit.bytes)}. The container is re-created with everything else unchanged. A leak fills this heap too.`;
  return [{ actionId: "docker.set-environment", params: { set: variable }, why }];
}

/** Only for variables whose whole value is the size: what else stands in the others is not known here. */
function variableFor({ name }: Setting, bytes: number): Readonly<Record<string, string>> | undefined {
  const mebibytes = Math.floor(bytes / MEBIBYTE);
  if (name === "PHP_MEMORY_LIMIT") return { PHP_MEMORY_LIMIT: `${mebibytes}M` };
  if (name === "GOMEMLIMIT") return { GOMEMLIMIT: `${mebibytes}MiB` };
  return undefined;
}
