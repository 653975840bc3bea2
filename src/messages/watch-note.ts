import type { Message } from "../domain/message.ts";
import { message, section } from "./kit.ts";
import { prose, visible } from "./words.ts";

const MARKS = { warning: "🟡", critical: "🔴", leak: "📈", killed: "💥" } as const;
const TITLES = {
  warning: "Memory is getting short",
  critical: "Memory is nearly used up",
  leak: "Memory seems to leak",
  killed: "Killed for want of memory",
} as const;

/** What the watch saw, in the thread of its incident. */
export function watchNote({ trouble, says }: { readonly trouble: keyof typeof MARKS; readonly says: string }): Message {
  return message(`${TITLES[trouble]}: ${visible(says)}`, [section(`${MARKS[trouble]} *${TITLES[trouble]}.* ${prose(says)}`)]);
}
