import type { Message } from "../domain/message.ts";
import { message, lines } from "./kit.ts";
import { prose, visible } from "./words.ts";

/** Why not, and what to do instead. `because` may hold words from outside. */
export function refusal(facts: { readonly because: string; readonly todo?: string }): Message {
  const { because, todo } = facts;
  return message(`${visible(sentence(because))}${todo === undefined ? "" : ` ${visible(todo)}`}`, [
    ...lines([`🚫 ${prose(sentence(because))}`, ...(todo === undefined ? [] : [prose(todo)])]),
  ]);
}

function sentence(text: string): string {
  const isName = /^\S*[./_]\w/.test(text); // redis.flush-db, redis/sessions: written as they are typed
  const capital = isName ? text : text.slice(0, 1).toUpperCase() + text.slice(1);
  return /[.!?…`]$/.test(capital) ? capital : `${capital}.`;
}
