import { z } from "zod";
import type { Json } from "../../domain/json.ts";

/** Any value of JSON. */
export const JsonValue: z.ZodType<Json> = z.json();
export const JsonRecord = z.record(z.string(), JsonValue);

/** What a change is made under the condition of. */
export const Versioned = z.object({
  metadata: z.object({ uid: z.string(), resourceVersion: z.string(), generation: z.number().optional() }),
});

/** Of a SelfSubjectAccessReview. */
export const AccessReview = z.object({ status: z.object({ allowed: z.boolean() }) });

/** `/api/v1`: a subresource may be of another group and version than what it belongs to. */
export const CoreResources = z.object({ resources: z.array(z.object({ name: z.string(), version: z.string().optional() })) });

/** Of a ReplicaSet. */
export const OwnTemplate = z.object({ spec: z.object({ template: JsonRecord }) });

/** Of a ControllerRevision: what is kept is a patch. */
export const KeptTemplate = z.object({
  revision: z.number(),
  data: z.object({ spec: z.object({ template: JsonRecord }) }),
});
