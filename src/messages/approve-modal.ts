import type { ActionRequest } from "../domain/action-request.ts";
import type { Modal } from "../domain/message.ts";
import { plain, section } from "./kit.ts";
import { planSections } from "./plan-sections.ts";
import { code, prose } from "./words.ts";

/** Approving what cannot be undone: the plan once more, and words to type. The answer is in block `typed`. */
export function approveModal(facts: { readonly title: string; readonly request: ActionRequest }): Modal {
  const { title, request } = facts;
  const words = request.plan.confirm ?? "";
  return {
    type: "modal",
    callback_id: "modal_approve",
    private_metadata: request.id,
    title: plain("Approve"),
    submit: plain("Approve"),
    close: plain("Back"),
    blocks: [
      section(`*${prose(title)}*\n${prose(request.plan.summary)}`),
      ...planSections(request.plan).slice(0, 40),
      section(`To approve, type ${code(words)}`),
      {
        type: "input",
        block_id: "typed",
        label: plain(`Type: ${words}`),
        element: { type: "plain_text_input", action_id: "typed", min_length: 1, max_length: 200, placeholder: plain(words) },
      },
    ],
  };
}
