import { messageOf } from "../domain/errors.ts";
import type { Inbound } from "../ports/inbound.ts";
import { attempt } from "./attempt.ts";
import type { Front } from "./front.ts";
import { runTyped } from "./run-command.ts";
import { tellOne } from "./tell-one.ts";

type CommandIn = Extract<Inbound, { readonly kind: "command" }>;

/** `/oom ...`: does it and answers the one who typed it. */
export async function onCommand(front: Front, inbound: CommandIn): Promise<void> {
  const { userId, channel, text } = inbound;
  const answer = await attempt(front, () => runTyped(front, { userId, channel }, text));
  if (answer === undefined) return;
  await tellOne(front, inbound, answer).catch((error: unknown) => {
    front.desk.log.error({ userId, channel, because: messageOf(error) }, "could not answer a command");
  });
}
