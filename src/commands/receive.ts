import { createHash } from "node:crypto";
import { messageOf } from "../domain/errors.ts";
import type { SentAlerts } from "../domain/alert.ts";
import { mayBeCritical } from "../domain/severity-words.ts";
import type { Answer, Inbound, Receive } from "../ports/inbound.ts";
import type { JobPast } from "../ports/job-queue.ts";
import type { Front } from "./front.ts";
import { notice } from "./notice.ts";
import { onClick } from "./on-click.ts";
import { onCommand } from "./on-command.ts";
import { onDialogClick } from "./on-dialog-click.ts";
import { onMention } from "./on-mention.ts";
import { createPostListener } from "./on-post.ts";
import { onSentAlerts } from "./on-sent-alerts.ts";
import { onShortcut } from "./on-shortcut.ts";
import { onSubmission } from "./on-submission.ts";

export type Receiver = {
  /**
   * Before the acknowledgement: queues what came in, or handles at once what cannot wait (dialogs). Throws only for posts
   * and mentions that could not be queued: unacknowledged, Slack sends them again.
   */
  readonly now: Receive;
  /** The receive job. Throws what is worth another try. */
  handle(inbound: Inbound, past?: Pick<JobPast, "tries">): Promise<void>;
  /** The alert job: what came by a webhook. Throws what is worth another try. */
  onAlerts(sent: SentAlerts): Promise<void>;
};

/** Everything that comes in from the chat goes through here. */
export function createReceive(front: Front): Receiver {
  const onPost = createPostListener(front);
  return {
    async now(inbound) {
      front.desk.metrics.received(inbound.kind);
      if (inbound.kind === "submission") return onSubmission(front, inbound);
      if (inbound.kind === "click" && inbound.actionId.startsWith("modal_")) return onDialogClick(front, inbound);
      return enqueue(front, inbound);
    },
    onAlerts: (sent) => onSentAlerts(front, sent),
    async handle(inbound, past = { tries: 0 }) {
      if (inbound.kind !== "click") await notice(front, inbound);
      switch (inbound.kind) {
        case "command":
          return onCommand(front, inbound);
        case "click":
          return onClick(front, inbound, past);
        case "mention":
          return onMention(front, inbound);
        case "shortcut":
          return onShortcut(front, inbound);
        case "post":
          return onPost(inbound);
        case "submission":
          front.desk.log.warn({ callbackId: inbound.callbackId }, "a submission came through the queue, dropped");
      }
    },
  };
}

async function enqueue(front: Front, inbound: Inbound): Promise<Answer> {
  const { desk } = front;
  try {
    const priority = (await isUrgent(front, inbound)) ? {} : { priority: LESS_URGENT };
    await desk.queue.add("receive", { inbound }, { id: jobIdOf(inbound), ...priority });
    return { kind: "ok" };
  } catch (error) {
    desk.log.error({ kind: inbound.kind, because: messageOf(error) }, "could not queue what came in");
    if (inbound.kind === "post" || inbound.kind === "mention") throw error;
    return { kind: "say", text: NOT_STARTED };
  }
}

const LESS_URGENT = 2;

/** People wait for what they have asked; of posts only what is critical goes before the others. */
async function isUrgent({ readAlert, alertChannels }: Front, inbound: Inbound): Promise<boolean> {
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
