import type { Message } from "../domain/message.ts";
import { message, section } from "./kit.ts";
import { code, person } from "./words.ts";

/** An admin took the lock away from whatever held it. */
export function leaseReleasedNote(facts: { readonly by: string; readonly targetKey: string }): Message {
  return message(`Lock on ${facts.targetKey} released`, [
    section(
      `🔓 ${person(facts.by)} released the lock on ${code(facts.targetKey)}. An act that was running stops at its next step: look at the target before you ask for another.`,
    ),
  ]);
}
