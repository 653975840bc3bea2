import type { Json } from "../../domain/json.ts";
import type { PatchOperation } from "../../ports/cluster-acts.ts";
import { pointerTo, valueAt } from "./pointer.ts";

/** The annotation by which an act is found again, on the object and (where pods are made anew) on its template. Value: the run's id. */
export const ACTION_MARK = "oomph.dev/action-id";

/** What leaves a run's mark on an object, or on the template at `prefix`. A list of annotations is made where there is none. */
export function markAt(definition: Json, prefix: string, runId: string): readonly PatchOperation[] {
  return annotate(definition, prefix, { name: ACTION_MARK, value: runId });
}

/** Sets one annotation of an object or template. */
export function annotate(
  definition: Json,
  prefix: string,
  { name, value }: { readonly name: string; readonly value: string },
): readonly PatchOperation[] {
  const metadata = `${prefix}/metadata`;
  const annotations = `${metadata}/annotations`;
  const set: PatchOperation = { op: "add", path: `${annotations}${pointerTo(name)}`, value };
  if (valueAt(definition, annotations) !== undefined) return [set];
  const made: PatchOperation = { op: "add", path: annotations, value: {} };
  return valueAt(definition, metadata) === undefined ? [{ op: "add", path: metadata, value: {} }, made, set] : [made, set];
}

/** The run whose mark is on an object, or on the template at `prefix`. */
export function markOf(definition: Json, prefix = ""): string | undefined {
  const mark = valueAt(definition, `${prefix}/metadata/annotations${pointerTo(ACTION_MARK)}`);
  return typeof mark === "string" ? mark : undefined;
}
