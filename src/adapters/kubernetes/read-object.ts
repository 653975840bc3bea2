import { OomphError } from "../../domain/errors.ts";
import { given } from "../../domain/given.ts";
import type { Json } from "../../domain/json.ts";
import type { ObjectNow } from "../../ports/cluster-acts.ts";
import { JsonRecord, Versioned } from "./acts-schema.ts";

type Fields = Readonly<Record<string, Json | undefined>>;

// What the server counts or notes down by itself: it differs though nobody has changed anything.
const NOT_DEFINED = new Set(["uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "selfLink"]);

/** An object that a change starts from. Throws `refused` for an answer that is none. */
export function readObject(answer: unknown): ObjectNow {
  const read = JsonRecord.safeParse(answer);
  const versioned = Versioned.safeParse(answer);
  if (!read.success || !versioned.success) throw new OomphError("refused", "The cluster answered with something else than an object.");
  const { metadata, status: _, ...rest } = read.data;
  const { uid, resourceVersion, generation } = versioned.data.metadata;
  return { uid, resourceVersion, definition: { ...rest, metadata: defined(metadata) }, ...given({ generation }) };
}

function defined(metadata: Json | undefined): Fields {
  if (typeof metadata !== "object" || metadata === null) return {};
  return Object.fromEntries(Object.entries(metadata).filter(([name]) => !NOT_DEFINED.has(name)));
}
