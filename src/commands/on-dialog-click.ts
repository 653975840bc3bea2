import { codeOf, messageOf } from "../domain/errors.ts";
import type { ActionRequest, Decision } from "../domain/action-request.ts";
import type { Modal } from "../domain/message.ts";
import { approveModal } from "../messages/approve-modal.ts";
import { breakGlassModal } from "../messages/break-glass-modal.ts";
import { denyModal } from "../messages/deny-modal.ts";
import { mayHaveWord } from "../incidents/decide.ts";
import { notDecidedText } from "../messages/not-decided.ts";
import type { Answer } from "../ports/inbound.ts";
import type { Front } from "./front.ts";
import type { Click } from "./on-click.ts";
import { isIdOf, notOurs } from "./opaque-id.ts";

type Dialog = {
  readonly kind: Decision["kind"];
  readonly modal: (facts: { readonly title: string; readonly request: ActionRequest }) => Modal;
};

const DIALOGS: ReadonlyMap<string, Dialog> = new Map<string, Dialog>([
  ["modal_approve", { kind: "approve", modal: approveModal }],
  ["modal_deny", { kind: "deny", modal: denyModal }],
  ["modal_break_glass", { kind: "break-glass", modal: breakGlassModal }],
]);

/** A button that opens a dialog: at once, for Slack's trigger lives three seconds. Opening decides nothing. */
export async function onDialogClick(front: Front, click: Click): Promise<Answer> {
  const dialog = DIALOGS.get(click.actionId);
  if (dialog === undefined || click.triggerId === undefined || !isIdOf("req", click.value)) return say(notOurs(front, click).text);
  try {
    return await openDialog(front, { click, dialog, triggerId: click.triggerId });
  } catch (error) {
    front.desk.log.error({ code: codeOf(error), actionId: click.actionId, because: messageOf(error) }, "could not open a dialog");
    return say("The dialog could not be opened, and nothing was decided. Press the button again.");
  }
}

type Opening = { readonly click: Click; readonly dialog: Dialog; readonly triggerId: string };

async function openDialog({ desk, chat }: Front, { click, dialog, triggerId }: Opening): Promise<Answer> {
  const may = await mayHaveWord(desk, { requestId: click.value, userId: click.userId, kind: dialog.kind });
  if (may.kind === "no-such-request") return say(notOurs({ desk }, click).text);
  if (may.kind !== "may") return say(notDecidedText(may));
  const { request } = may;
  const title = desk.planner.actions.find((action) => action.id === request.actionId)?.title ?? request.actionId;
  await chat.openModal(triggerId, dialog.modal({ title, request }));
  return { kind: "ok" };
}

function say(text: string): Answer {
  return { kind: "say", text };
}
