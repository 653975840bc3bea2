import type { Delivery, DeliveryContent } from "../domain/delivery.ts";
import type { Message } from "../domain/message.ts";
import { withoutBlocks } from "../domain/message-text.ts";
import { ChatRefusal, type Chat, type Place } from "../ports/chat.ts";
import type { Clock } from "../ports/clock.ts";

export type Sending = {
  readonly delivery: Delivery;
  readonly place: Place;
  /** There was an earlier attempt, whose end may not be known: the post, or another mark, may stand there already. */
  readonly mayHaveArrived: boolean;
  readonly clock: Clock;
  /** For all that is asked of the chat here, in milliseconds. */
  readonly withinMs: number;
};

export type Sent = {
  /** Where it stands, for a message; the id of a file; nothing for a mark. */
  readonly ts?: string;
  /** What did not fit into it: to be said below it, in this order. */
  readonly more: readonly Message[];
  /** All of it, to be said as a file below it. */
  readonly whole?: string;
};

/** Posts or edits a message, as far as it fits into one, uploads a file, or marks somebody else's message. Throws ChatRefusal. */
export async function send(chat: Chat, sending: Sending): Promise<Sent> {
  const over = new AbortController();
  const ongoing = { ...sending, over: over.signal };
  try {
    return await Promise.race([sendContent(chat, ongoing), tooLate(ongoing)]);
  } finally {
    over.abort();
  }
}

/** `over`: from here on nothing may be written any more, for another attempt may have begun. */
type Ongoing = Sending & { readonly over: AbortSignal };

/** What is being written at this moment gets as long again to arrive, so that the next attempt finds it. */
async function tooLate({ clock, withinMs, over }: Ongoing): Promise<never> {
  await clock.sleep(withinMs, over);
  const because = `Slack was expected to answer within ${withinMs} ms and did not`;
  throw new ChatRefusal("unavailable", because, { retryAfterMs: withinMs });
}

async function sendContent(chat: Chat, ongoing: Ongoing): Promise<Sent> {
  const { content, channel } = ongoing.delivery;
  switch (content.kind) {
    case "message":
      return sendMessage(chat, ongoing, content.message);
    case "file":
      return upload(chat, ongoing, content);
    case "mark":
      await chat.mark({ channel, ts: content.ts }, content.mark, { replaces: ongoing.mayHaveArrived });
      return { more: [] };
  }
}

type File = Extract<DeliveryContent, { readonly kind: "file" }>;

async function upload(chat: Chat, { delivery, place, mayHaveArrived, over }: Ongoing, { name, title, base64 }: File): Promise<Sent> {
  const stands = mayHaveArrived ? await chat.findFile(place, { name, title }, delivery.firstAttemptAtMs ?? 0) : undefined;
  over.throwIfAborted();
  const id = stands ?? (await chat.upload(place, { name, title, content: Buffer.from(base64, "base64") }));
  if (delivery.ts !== undefined && delivery.ts !== id) await takeBack(chat, delivery.ts);
  return { ts: id, more: [] };
}

/** Files cannot be edited: a newer version takes the place of the older one, which nobody shall mistake for it. */
async function takeBack(chat: Chat, fileId: string): Promise<void> {
  try {
    await chat.removeFile(fileId);
  } catch (error) {
    if (error instanceof ChatRefusal && (error.code === "rate-limited" || error.code === "unavailable")) throw error;
    // Somebody has removed it, or the workspace lets nobody remove files: it stays, and the newer one stands below it.
  }
}

/** What Slack refuses in blocks it may take as text: better plain than not at all. */
async function sendMessage(chat: Chat, sending: Ongoing, message: Message): Promise<Sent> {
  try {
    return await sendFitting(chat, sending, message);
  } catch (error) {
    if (!(error instanceof ChatRefusal) || error.code !== "message-refused" || message.blocks.length === 0) throw error;
    return sendFitting(chat, sending, withoutBlocks(message));
  }
}

async function sendFitting(chat: Chat, sending: Ongoing, message: Message): Promise<Sent> {
  const { messages, whole } = chat.fit(message, "below");
  const [first, ...more] = messages;
  const ts = await postOrEdit(chat, sending, first);
  return { ts, more, ...(whole === undefined ? {} : { whole }) };
}

async function postOrEdit(chat: Chat, sending: Ongoing, message: Message): Promise<string> {
  const { delivery, mayHaveArrived, over } = sending;
  const ts = delivery.ts ?? (mayHaveArrived ? await findEarlier(chat, sending) : undefined);
  if (ts === undefined) return post(chat, sending, message);
  over.throwIfAborted();
  try {
    await chat.update({ channel: delivery.channel, ts }, message);
    return ts;
  } catch (error) {
    if (!(error instanceof ChatRefusal) || error.code !== "message-gone") throw error;
    return instead(chat, { ...sending, gone: ts }, message);
  }
}

/** In the place of a message that is gone, or that cannot be edited any more. */
async function instead(chat: Chat, sending: Ongoing & { readonly gone: string }, message: Message): Promise<string> {
  const other = await findEarlier(chat, sending);
  if (other === undefined || other === sending.gone) return post(chat, sending, message);
  sending.over.throwIfAborted();
  await chat.update({ channel: sending.delivery.channel, ts: other }, message);
  return other;
}

async function findEarlier(chat: Chat, { delivery, place }: Sending): Promise<string | undefined> {
  const found = await chat.find(place, delivery.id, delivery.firstAttemptAtMs ?? 0);
  return found?.ts;
}

async function post(chat: Chat, { delivery, place, over }: Ongoing, message: Message): Promise<string> {
  over.throwIfAborted();
  return (await chat.post(place, message, delivery.id)).ts;
}
