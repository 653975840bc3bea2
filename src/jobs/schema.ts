import { z } from "zod";

import { ALERT_CLASSES, ALERT_SOURCES, SEVERITIES, type Alert, type AlertKill, type SentAlerts } from "../domain/alert.ts";
import { OomphError } from "../domain/errors.ts";
import { WORKLOAD_RESOURCES } from "../domain/target.ts";
import type { ClusterKill } from "../domain/watch.ts";
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

/** Files that a step's evidence holds. */
export const EvidenceFiles = z.object({ files: z.array(z.object({ name: z.string(), title: z.string(), base64: z.base64() })) });
export type EvidenceFiles = z.output<typeof EvidenceFiles>;

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

const Killed = { atMs: TimeMs, id: Id, says: z.string() };

const ClusterKillSchema = z.discriminatedUnion("of", [
  z.object({
    of: z.literal("container"),
    pod: z.object({
      uid: Id,
      namespace: Id,
      name: Id,
      controller: z.object({ kind: Id, name: Id, uid: Id.exactOptional() }).exactOptional(),
      labels: z.record(z.string(), z.string()),
    }),
    container: Id,
    atMs: TimeMs,
  }),
  z.object({ of: z.literal("pod"), namespace: Id, name: Id, ...Killed }),
  z.object({ of: z.literal("node"), node: Id, ...Killed }),
]) satisfies z.ZodType<ClusterKill>;

const Words = z.array(z.string());

const Kill = z.object({
  process: z.string().nullable(),
  pid: z.number().nullable(),
  constraint: z.enum(["cgroup", "global", "unknown"]),
  cgroup: z.string().nullable(),
  oomCgroup: z.string().nullable(),
  containerId: z.string().nullable(),
  podUid: z.string().nullable(),
  killer: z.enum(["kernel", "systemd-oomd", "oomd", "talos", "earlyoom", "nohang", "lowmemorykiller"]),
  anonRssBytes: z.number().nullable(),
  limitBytes: z.number().nullable(),
  says: z.string(),
  atMs: z.number().exactOptional(),
  loggedAt: z.string().exactOptional(),
}) satisfies z.ZodType<AlertKill>;

const AlertSchema = z.object({
  source: z.enum(ALERT_SOURCES),
  memory: z.enum(["yes", "no", "unsure"]),
  class: z.enum(ALERT_CLASSES),
  rule: Id,
  name: z.string().nullable(),
  status: z.enum(["firing", "resolved"]),
  severity: z.enum(SEVERITIES).nullable(),
  labels: z.record(z.string(), z.string()),
  value: z.string().exactOptional(),
  threshold: z.object({ amount: z.number(), unit: z.enum(["bytes", "share", "plain"]) }).exactOptional(),
  refusesWrites: z.literal(true).exactOptional(),
  startsAtMs: z.number().exactOptional(),
  link: z.string().exactOptional(),
  subject: z.object({
    about: z.enum(["redis", "container", "workload", "node", "unknown"]),
    names: Words,
    called: z.string().exactOptional(),
    hosts: Words,
    cluster: Id.exactOptional(),
    namespace: Id.exactOptional(),
    isNamespaceGuessed: z.literal(true).exactOptional(),
    pod: Id.exactOptional(),
    isPodGuessed: z.literal(true).exactOptional(),
    container: Id.exactOptional(),
    owner: z.object({ resource: z.enum(WORKLOAD_RESOURCES), name: Id }).exactOptional(),
  }),
  kills: z.array(Kill),
  says: z.string(),
  words: z.string().exactOptional(),
}) satisfies z.ZodType<Alert>;

const Sent = z.object({
  id: Id,
  receivedAtMs: TimeMs,
  alerts: z.array(AlertSchema),
  leftOut: z.int().positive().exactOptional(),
}) satisfies z.ZodType<SentAlerts>;

const PAYLOADS: { readonly [Name in JobName]: z.ZodType<JobPayloads[Name]> } = {
  receive: z.object({ inbound: InboundSchema }),
  alert: z.object({ sent: Sent }),
  investigate: z.object({ investigationId: Id }),
  act: z.object({ requestId: Id }),
  deliver: z.object({ deliveryId: Id }),
  escalate: z.object({ escalationId: Id }),
  watch: z.strictObject({}),
  "watch-event": z.union([z.object({ connection: Id, event: Event }), z.object({ cluster: Id, kill: ClusterKillSchema })]),
  report: z.object({ period: z.enum(["week", "month"]) }),
  sweep: z.strictObject({}),
};
