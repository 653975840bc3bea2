import { z } from "zod";

import { OomphError } from "../domain/errors.ts";
import type { ContainerEvent } from "../ports/containers.ts";
import type { Inbound } from "../ports/inbound.ts";
import type { JobName, JobPayloads } from "../ports/job-queue.ts";

/** Checks what came out of the queue, which another version of Oomph may have put there. Throws OomphError `bad-input`. */
export function readPayload<Name extends JobName>(name: Name, payload: unknown): JobPayloads[Name] {
  const schema: z.ZodType<JobPayloads[Name]> = PAYLOADS[name];
  const read = schema.safeParse(payload);
  if (read.success) return read.data;
  throw new OomphError("bad-input", `expected the payload of a ${name} job, got something else: ${z.prettifyError(read.error)}`, {
    cause: read.error,
  });
}

const Id = z.string().min(1);
const TimeMs = z.number().int().nonnegative();
const Common = { id: Id, userId: Id, receivedAtMs: TimeMs };

const Post = z.object({
  channel: Id,
  ts: Id,
  threadTs: Id.exactOptional(),
  userId: Id.exactOptional(),
  botId: Id.exactOptional(),
  text: z.string(),
});

const InboundSchema: z.ZodType<Inbound> = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("command"), ...Common, channel: Id, text: z.string(), responseUrl: z.string() }),
  z.object({ kind: z.literal("mention"), ...Common, channel: Id, ts: Id, threadTs: Id.exactOptional(), text: z.string() }),
  z.object({
    kind: z.literal("click"),
    ...Common,
    channel: Id,
    messageTs: Id.exactOptional(),
    threadTs: Id.exactOptional(),
    actionId: Id,
    value: z.string(),
    responseUrl: z.string().exactOptional(),
    triggerId: z.string().exactOptional(),
  }),
  z.object({
    kind: z.literal("submission"),
    ...Common,
    callbackId: Id,
    privateMetadata: z.string(),
    values: z.record(z.string(), z.string()),
  }),
  z.object({ kind: z.literal("shortcut"), ...Common, post: Post, responseUrl: z.string().exactOptional() }),
  z.object({ kind: z.literal("post"), id: Id, post: Post, receivedAtMs: TimeMs }),
]);

const Event = z.object({
  atNs: z.string().regex(/^\d{1,30}$/),
  atMs: TimeMs,
  action: z.enum(["oom", "die", "start", "stop", "kill", "restart", "update", "create", "destroy", "rename", "health_status", "other"]),
  containerId: Id,
  name: Id,
  image: z.string(),
  labels: z.record(z.string(), z.string()),
  exitCode: z.int().exactOptional(),
}) satisfies z.ZodType<ContainerEvent>;

const PAYLOADS: { readonly [Name in JobName]: z.ZodType<JobPayloads[Name]> } = {
  receive: z.object({ inbound: InboundSchema }),
  investigate: z.object({ investigationId: Id }),
  act: z.object({ requestId: Id }),
  deliver: z.object({ deliveryId: Id }),
  escalate: z.object({ escalationId: Id }),
  watch: z.strictObject({}),
  "watch-event": z.object({ connection: Id, event: Event }),
  report: z.object({ period: z.enum(["week", "month"]) }),
  sweep: z.strictObject({}),
};
