import type { ActionsBlock, Message } from "../domain/message.ts";
import { formatTarget, type Target } from "../domain/target.ts";
import { buttons, message, option, plain, section } from "./kit.ts";
import { listed, prose } from "./words.ts";

// Slack's limit for a select.
const MOST_OPTIONS = 100;

/** Asks which target is meant. What a choice sends back is a target's name, to be looked up again. */
export function targetPicker(facts: { readonly says: string; readonly targets: readonly Target[] }): Message {
  const names = facts.targets.slice(0, 5).map(formatTarget);
  return message(`${facts.says} ${listed(names, "or")}?`, [section(prose(facts.says)), ...targetSelect(facts.targets, "Which one?")]);
}

/** The list to choose from. */
export function targetSelect(targets: readonly Target[], placeholder: string): readonly ActionsBlock[] {
  const options = targets.slice(0, MOST_OPTIONS).map((target) => option(formatTarget(target), formatTarget(target)));
  return buttons([{ type: "static_select", action_id: "target_pick", placeholder: plain(placeholder), options }]);
}
