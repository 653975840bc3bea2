import { createHash } from "node:crypto";
import { canonicalJson, type Json } from "../../domain/json.ts";
import { valueAt } from "./pointer.ts";

/** SHA-256 of a value; of nothing it differs from that of null. */
export function digestOf(value: Json | undefined): string {
  return createHash("sha256")
    .update(value === undefined ? "" : canonicalJson(value))
    .digest("hex");
}

export function digestAt(definition: Json, pointer: string): string {
  return digestOf(valueAt(definition, pointer));
}
