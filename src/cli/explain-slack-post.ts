import { flattenPost } from "../adapters/slack/flatten-post.ts";
import type { Post } from "../domain/alert.ts";
import { given } from "../domain/given.ts";

/** All that is readable in a Slack message, as its API has it: the message, an event or a view around it, or its blocks alone. Undefined: it is none. */
export function textOfSlackPost(value: object): string | undefined {
  if (Array.isArray(value)) return value.every(isBlock) ? textOf({ blocks: value }) : undefined;
  const message = messageIn(value);
  const [text, attachments, blocks, files] = ["text", "attachments", "blocks", "files"].map((key) => memberOf(message, key));
  const hasText = typeof text === "string" && ["ts", "type", "channel", "user"].some((key) => memberOf(message, key) !== undefined);
  if (!hasText && !Array.isArray(attachments) && !Array.isArray(blocks)) return undefined;
  return textOf({
    ...(typeof text === "string" ? { text } : {}),
    ...(Array.isArray(attachments) ? { attachments: attachments.filter(isObject) } : {}),
    ...(Array.isArray(blocks) ? { blocks: blocks.filter(isObject) } : {}),
    ...(Array.isArray(files) ? { files: files.filter(isObject) } : {}),
  });
}

/** Each message of what Slack's API lists (conversations.history, conversations.replies), else the value itself. */
export function messagesIn(value: object): readonly object[] {
  const listed = memberOf(value, "messages");
  return Array.isArray(listed) && memberOf(value, "ok") === true ? listed.filter(isObject) : [value];
}

/** Who has posted it, and where. A program's post is an alert before it is somebody's log. */
export function writerOf(value: object): Partial<Pick<Post, "userId" | "botId" | "ts" | "threadTs">> {
  const message = messageIn(value);
  const word = (key: string): string | undefined => {
    const member = memberOf(message, key);
    return typeof member === "string" ? member : undefined;
  };
  return given({ userId: word("user"), botId: word("bot_id"), ts: word("ts"), threadTs: word("thread_ts") });
}

function textOf(message: Parameters<typeof flattenPost>[0]): string | undefined {
  const flat = flattenPost(message);
  return flat.trim() === "" ? undefined : flat;
}

/** Around a message can be a view of it or an event, and in that, when it was edited, the message as it is now. */
function messageIn(value: object): object {
  const around = memberOf(value, "event");
  const event = isObject(around) ? around : value;
  const inside = memberOf(event, "message");
  return isObject(inside) ? inside : event;
}

function memberOf(holder: object, key: string): unknown {
  return Object.entries(holder).find(([name]) => name === key)?.[1];
}

function isBlock(value: unknown): boolean {
  return isObject(value) && typeof memberOf(value, "type") === "string";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
