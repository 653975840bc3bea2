import type { ActionRequest } from "../domain/action-request.ts";
import type { Block, Modal } from "../domain/message.ts";
import { plain, section } from "./kit.ts";
import { planSections } from "./plan-sections.ts";
import { code, prose } from "./words.ts";

/** Going alone: a typed reason (block `reason`), and the typed confirmation (block `typed`) where the plan wants one. */
export function breakGlassModal(facts: { readonly title: string; readonly request: ActionRequest }): Modal {
  const { title, request } = facts;
  return {
    type: "modal",
    callback_id: "modal_break_glass",
    private_metadata: request.id,
    title: plain("Break glass"),
    submit: plain("Go ahead alone"),
    close: plain("Back"),
    blocks: [
      section(`*${prose(title)}*\n${prose(request.plan.summary)}`),
      ...planSections(request.plan).slice(0, 40),
      section("🔨 *Nobody else has agreed.* The channel is told at once, and the audit marks it."),
      {
        type: "input",
        block_id: "reason",
        label: plain("Why can it not wait for a second person?"),
        element: { type: "plain_text_input", action_id: "reason", multiline: true, min_length: 10, max_length: 500 },
      },
      ...confirmation(request.plan.confirm),
    ],
  };
}

function confirmation(words: string | undefined): readonly Block[] {
  if (words === undefined) return [];
  return [
    section(`To confirm, type ${code(words)}`),
    {
      type: "input",
      block_id: "typed",
      label: plain(`Type: ${words}`),
      element: { type: "plain_text_input", action_id: "typed", min_length: 1, max_length: 200, placeholder: plain(words) },
    },
  ];
}
