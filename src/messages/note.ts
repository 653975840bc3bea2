import type { Message } from "../domain/message.ts";
import { message, section } from "./kit.ts";
import { prose, visible } from "./words.ts";

/** A short answer, such as "asked, the card is in the thread". `link` is an address of Slack's own. */
export function note(facts: { readonly says: string; readonly link?: { readonly url: string; readonly label: string } }): Message {
  const { says, link } = facts;
  const address = link !== undefined && /^https?:\/\/[^\s<>|]+$/.test(link.url) ? ` <${link.url}|${link.label}>` : "";
  return message(visible(says), [section(`${prose(says)}${address}`)]);
}
