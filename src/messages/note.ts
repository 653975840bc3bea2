import type { Message } from "../domain/message.ts";
import { message, section } from "./kit.ts";
import { prose, visible } from "./words.ts";

/** A short answer in plain words. */
export function note(says: string): Message {
  return message(visible(says), [section(prose(says))]);
}
