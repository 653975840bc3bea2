import type { SentAlerts } from "../domain/alert.ts";
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
  /** What is not queued, for somebody waits before a dialog: see take-on.ts. */
  readonly atOnce: Receive;
  /** The receive job. Throws what is worth another try. */
  handle(inbound: Inbound, past?: Pick<JobPast, "tries">): Promise<void>;
  /** The alert job: what came by a webhook. Throws what is worth another try. */
  onAlerts(sent: SentAlerts): Promise<void>;
};

/** Everything that comes in from the chat goes through here. */
export function createReceive(front: Front): Receiver {
  const onPost = createPostListener(front);
  return {
    async atOnce(inbound): Promise<Answer> {
      if (inbound.kind === "submission") return onSubmission(front, inbound);
      if (inbound.kind === "click") return onDialogClick(front, inbound);
      throw new TypeError(`expected what a dialog needs, got a ${inbound.kind}`);
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
