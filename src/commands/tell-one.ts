import { messageOf } from "../domain/errors.ts";
import type { Message } from "../domain/message.ts";
import { plainText } from "../domain/message-text.ts";
import { commit } from "../incidents/commit.ts";
import type { Front } from "./front.ts";

/** Whom to answer. */
export type Asked = {
  readonly userId: string;
  readonly channel: string;
  readonly threadTs?: string;
  /** Absent: there is none. Good for five answers in half an hour. */
  readonly responseUrl?: string;
  /** The response_url is the second way: what it says may stand far from where it belongs. */
  readonly whisperFirst?: true;
};

type Way = "response-url" | "whisper";

/**
 * Says something to one person and to nobody else: at the response_url or, where that does not work, as a whisper. Such an
 * answer has no thread: what is too long comes as a few answers one after the other, and beyond that as a file by direct
 * message. Throws ChatRefusal where no way works.
 */
export async function tellOne(front: Pick<Front, "desk" | "chat">, asked: Asked, message: Message): Promise<void> {
  const { messages, whole } = front.chat.fit(message, "in our direct messages");
  let left = asked.whisperFirst === true ? waysOf(asked).toReversed() : waysOf(asked);
  for (const part of messages) left = await tell(front, { asked, part, ways: left });
  if (whole !== undefined) await file(front, asked, { message, whole });
}

function waysOf({ responseUrl }: Asked): readonly Way[] {
  return responseUrl === undefined ? ["whisper"] : ["response-url", "whisper"];
}

/** Returns the ways that are left: one that has failed is not tried for the next part. */
async function tell(
  { desk, chat }: Pick<Front, "desk" | "chat">,
  { asked, part, ways }: { readonly asked: Asked; readonly part: Message; readonly ways: readonly Way[] },
): Promise<readonly Way[]> {
  const { userId, channel, threadTs, responseUrl } = asked;
  const [way, ...others] = ways;
  try {
    if (way === "response-url" && responseUrl !== undefined) await chat.respond(responseUrl, part);
    else await chat.whisper(threadTs === undefined ? { channel } : { channel, threadTs }, userId, part);
    return ways;
  } catch (error) {
    if (others.length === 0) throw error;
    desk.log.warn({ userId, channel, way, because: messageOf(error) }, "could not answer one person this way, trying another");
    return tell({ desk, chat }, { asked, part, ways: others });
  }
}

async function file(
  { desk }: Pick<Front, "desk">,
  { userId }: Asked,
  { message, whole }: { readonly message: Message; readonly whole: string },
): Promise<void> {
  const id = desk.ids.next("ans");
  const content = {
    kind: "file",
    name: `oom-${id}.txt`,
    title: plainText(message.text).slice(0, 250),
    base64: Buffer.from(whole, "utf8").toString("base64"),
  } as const;
  await commit(desk, (tables) =>
    tables.outbox.say(
      { slot: `answer/${id}`, channel: userId, content, priority: 2, onBehalfOf: userId },
      desk.ids.next("dlv"),
      desk.clock.nowMs(),
    ),
  );
}
