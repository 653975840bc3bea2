import { createHash } from "node:crypto";
import type { AlertReading, Post } from "../domain/alert.ts";
import { messageOf } from "../domain/errors.ts";
import { mayBeCritical } from "../domain/severity-words.ts";
import type { Answer, Inbound, Receive } from "../ports/inbound.ts";
import type { JobQueue } from "../ports/job-queue.ts";
import type { Log } from "../ports/log.ts";
import type { Metrics } from "../ports/metrics.ts";

export type TakeOnParts = {
  readonly queue: Pick<JobQueue, "add">;
  readonly log: Log;
  readonly metrics: Pick<Metrics, "received">;
  readonly readAlert: (post: Post) => Promise<AlertReading>;
  /** Channel ids in which alerts are posted. */
  readonly alertChannels: readonly string[];
  /** Answers what cannot wait in a queue: a dialog is to be opened, or stands open. */
  readonly atOnce: Receive;
};

/**
 * What is done with everything from the chat before its acknowledgement: it is queued, or answered at once. Throws only for
 * posts and mentions that could not be queued: unacknowledged, Slack sends them again.
 */
export function createTakeOn(parts: TakeOnParts): Receive {
  return async (inbound) => {
    parts.metrics.received(inbound.kind);
    const isDialog = inbound.kind === "submission" || (inbound.kind === "click" && inbound.actionId.startsWith("modal_"));
    return isDialog ? parts.atOnce(inbound) : enqueue(parts, inbound);
  };
}

async function enqueue(parts: TakeOnParts, inbound: Inbound): Promise<Answer> {
  try {
    const priority = (await isUrgent(parts, inbound)) ? {} : { priority: LESS_URGENT };
    await parts.queue.add("receive", { inbound }, { id: jobIdOf(inbound), ...priority });
    return { kind: "ok" };
  } catch (error) {
    parts.log.error({ kind: inbound.kind, because: messageOf(error) }, "could not queue what came in");
    if (inbound.kind === "post" || inbound.kind === "mention") throw error;
    return { kind: "say", text: NOT_STARTED };
  }
}

const LESS_URGENT = 2;

/** People wait for what they have asked; of posts only what is critical goes before the others. */
async function isUrgent({ readAlert, alertChannels }: TakeOnParts, inbound: Inbound): Promise<boolean> {
  if (inbound.kind !== "post") return true;
  const { post } = inbound;
  const text = post.text.slice(0, MOST_READ);
  // Reading a whole post takes its time, and there is no time before an acknowledgement.
  if (!alertChannels.includes(post.channel) || !mayBeCritical(text)) return false;
  const { alerts } = await readAlert({ ...post, text });
  return alerts.some(({ severity, memory }) => severity === "critical" && memory === "yes");
}

// Characters. What stands far down in a long post waits its turn with the others.
const MOST_READ = 4_000;

const NOT_STARTED =
  "Oomph cannot reach its own queue (a Redis) at the moment, so nothing has been started. Try again in a minute. " +
  "Investigating works without the queue on Oomph's own host: `oomph investigate redis/<name>`";

/** The same event gives the same id, of characters that a queue takes. */
function jobIdOf(inbound: Inbound): string {
  return `in_${createHash("sha256").update(`${inbound.kind} ${inbound.id}`).digest("hex").slice(0, 40)}`;
}
