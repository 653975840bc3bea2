import { counted } from "../domain/count.ts";
import type { ActionsBlock, ContextBlock, Message } from "../domain/message.ts";
import { formatTarget, type Target } from "../domain/target.ts";
import { choiceOf, type ChosenFor } from "../domain/target-choice.ts";
import { buttons, context, message, option, plain, section } from "./kit.ts";
import { clip, code, listed, prose } from "./words.ts";

// Slack's limits: for a select, for what a choice sends back, for how it reads. Names differ at their ends.
const MOST_OPTIONS = 100;
const MOST_SENT_BACK = 150;
const MOST_OF_A_LABEL = 75;

/** Asks which target is meant. What a choice sends back is a target's name, to be looked up again. */
export function targetPicker(facts: {
  readonly says: string;
  readonly targets: readonly Target[];
  readonly chosenFor?: ChosenFor;
}): Message {
  const names = facts.targets.slice(0, 5).map(formatTarget);
  return message(`${facts.says} ${listed(names, "or")}?`, [
    section(prose(facts.says)),
    ...targetSelect(facts.targets, "Which one?", facts.chosenFor),
  ]);
}

/** The list to choose from; what it has no room for is counted, and how to get at it said. */
export function targetSelect(
  targets: readonly Target[],
  placeholder: string,
  chosenFor?: ChosenFor,
): readonly (ActionsBlock | ContextBlock)[] {
  const shown = targets.filter((target) => choiceOf(target, chosenFor).length <= MOST_SENT_BACK).slice(0, MOST_OPTIONS);
  if (shown.length === 0) return [];
  const options = shown.map((target) => option(clip(formatTarget(target), MOST_OF_A_LABEL), choiceOf(target, chosenFor)));
  const left = targets.length - shown.length;
  return [
    ...buttons([{ type: "static_select", action_id: "target_pick", placeholder: plain(placeholder), options }]),
    ...(left === 0
      ? []
      : [
          context(
            `This list has ${counted(shown.length, "target")}; ${counted(left, "more is", "more are")} not in it: type ${code("/oom investigate <name>")} for those.`,
          ),
        ]),
  ];
}
