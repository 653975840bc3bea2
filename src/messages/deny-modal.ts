import type { ActionRequest } from "../domain/action-request.ts";
import type { Modal } from "../domain/message.ts";
import { plain, section } from "./kit.ts";
import { prose } from "./words.ts";

/** Saying no, with a reason for those who like to give one. The answer is in block `reason`. */
export function denyModal(facts: { readonly title: string; readonly request: ActionRequest }): Modal {
  const { title, request } = facts;
  return {
    type: "modal",
    callback_id: "modal_deny",
    private_metadata: request.id,
    title: plain("Deny"),
    submit: plain("Deny"),
    close: plain("Back"),
    blocks: [
      section(`*${prose(title)}*\n${prose(request.plan.summary)}`),
      {
        type: "input",
        block_id: "reason",
        label: plain("Why not?"),
        hint: plain("Shown in the thread. May stay empty."),
        optional: true,
        element: { type: "plain_text_input", action_id: "reason", multiline: true, max_length: 500 },
      },
    ],
  };
}
