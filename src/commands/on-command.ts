import { messageOf } from "../domain/errors.ts";
import type { Message } from "../domain/message.ts";
import type { Inbound } from "../ports/inbound.ts";
import { attempt } from "./attempt.ts";
import type { Front } from "./front.ts";
import { runTyped } from "./run-command.ts";

type CommandIn = Extract<Inbound, { readonly kind: "command" }>;

/** `/oom ...`: does it and answers the one who typed it. */
export async function onCommand(front: Front, inbound: CommandIn): Promise<void> {
  const { userId, channel, text } = inbound;
  const answer = await attempt(front, () => runTyped(front, { userId, channel }, text));
  if (answer !== undefined) await respond(front, inbound, answer);
}

/** By the response URL; where that is refused, as a message that only the asker sees. */
async function respond({ desk, chat }: Front, { userId, channel, responseUrl }: CommandIn, answer: Message): Promise<void> {
  try {
    await chat.respond(responseUrl, answer);
  } catch (error) {
    desk.log.warn({ userId, channel, because: messageOf(error) }, "could not answer at the response URL, whispering");
    await chat.whisper({ channel }, userId, answer).catch((again: unknown) => {
      desk.log.error({ userId, channel, because: messageOf(again) }, "could not answer a command");
    });
  }
}
