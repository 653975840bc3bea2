import type { Message } from "../domain/message.ts";
import { message, section } from "./kit.ts";
import { code, listed, person } from "./words.ts";

/** You may not, and these may. Ids in a message that only the asker sees notify nobody. */
export function whoMayRefusal(facts: { readonly toDo: string; readonly setting: string; readonly allowed: readonly string[] }): Message {
  const { toDo, setting, allowed } = facts;
  const these =
    allowed.length === 0
      ? `Nobody may: ${code(setting)} in the configuration is empty.`
      : `These may: ${listed(allowed.slice(0, 20).map(person))}.`;
  return message(`You may not ${toDo}.`, [
    section(`🚫 You may not ${toDo}. ${these}\nTo change that, ask whoever runs Oomph to add you to ${code(setting)}.`),
  ]);
}
