import type { Delivery } from "../domain/delivery.ts";
import type { Message } from "../domain/message.ts";
import { ChatRefusal, type Chat, type Place } from "../ports/chat.ts";
import type { Clock } from "../ports/clock.ts";

export type Sending = {
  readonly delivery: Delivery;
  readonly place: Place;
  /** An earlier attempt began and never ended: the post may stand there already. */
  readonly mayHaveArrived: boolean;
  readonly clock: Clock;
  /** For all that is asked of the chat here, in milliseconds. */
  readonly withinMs: number;
};

/** Posts or edits a message, or uploads a file. Returns where it stands, for a message. Throws ChatRefusal. */
export async function send(chat: Chat, sending: Sending): Promise<string | undefined> {
  const answered = new AbortController();
  const work = sending.delivery.content.kind === "file" ? upload(chat, sending) : postOrEdit(chat, sending);
  try {
    return await Promise.race([work, tooLate(sending, answered.signal)]);
  } finally {
    answered.abort();
  }
}

async function tooLate({ clock, withinMs }: Sending, answered: AbortSignal): Promise<never> {
  await clock.sleep(withinMs, answered);
  throw new ChatRefusal("unavailable", `Slack was expected to answer within ${withinMs} ms and did not`);
}

async function upload(chat: Chat, { delivery, place }: Sending): Promise<undefined> {
  if (delivery.content.kind !== "file") return;
  const { name, title, base64 } = delivery.content;
  await chat.upload(place, { name, title, content: Buffer.from(base64, "base64") });
}

async function postOrEdit(chat: Chat, sending: Sending): Promise<string | undefined> {
  const { delivery, mayHaveArrived } = sending;
  if (delivery.content.kind !== "message") return undefined;
  const { message } = delivery.content;
  const ts = delivery.ts ?? (mayHaveArrived ? await findEarlier(chat, sending) : undefined);
  if (ts === undefined) return post(chat, sending, message);
  try {
    await plainerIfRefused(message, (text) => chat.update({ channel: delivery.channel, ts }, text));
    return ts;
  } catch (error) {
    if (!(error instanceof ChatRefusal) || error.code !== "message-gone") throw error;
    return (await findEarlier(chat, sending)) ?? post(chat, sending, message);
  }
}

async function findEarlier(chat: Chat, { delivery, place }: Sending): Promise<string | undefined> {
  const found = await chat.find(place, delivery.id, delivery.firstAttemptAtMs ?? 0);
  return found?.ts;
}

async function post(chat: Chat, { delivery, place }: Sending, message: Message): Promise<string> {
  const posted = await plainerIfRefused(message, (text) => chat.post(place, text, delivery.id));
  return posted.ts;
}

/** What Slack refuses in blocks it may take as text: better plain than not at all. */
async function plainerIfRefused<Result>(message: Message, attempt: (message: Message) => Promise<Result>): Promise<Result> {
  try {
    return await attempt(message);
  } catch (error) {
    if (!(error instanceof ChatRefusal) || error.code !== "message-refused" || message.blocks.length === 0) throw error;
    return attempt({ text: message.text, blocks: [] });
  }
}
