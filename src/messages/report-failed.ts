import type { Message } from "../domain/message.ts";
import { formatTarget, type Target } from "../domain/target.ts";
import { message, section } from "./kit.ts";
import { code, prose, visible } from "./words.ts";

/** The investigation came to nothing: why, and what to do. */
export function reportFailedMessage(facts: { readonly target: Target; readonly because: string }): Message {
  const name = formatTarget(facts.target);
  return message(`No verdict on ${name}: ${visible(facts.because)}`, [
    section(`⚪ *No verdict on ${code(name)}*\n${prose(facts.because)}`),
    section(`Nothing has been changed. When this is mended, try again: ${code(`/oom investigate ${name}`)}`),
  ]);
}
