import type { Message } from "../domain/message.ts";
import { commit } from "../incidents/commit.ts";
import type { Front } from "./front.ts";

export type Reply = {
  readonly slot: string;
  readonly channel: string;
  /** Absent: outside threads. */
  readonly threadTs?: string;
  readonly userId?: string;
};

/** Puts a reply into the outbox: sent for sure, and once. The same slot again edits it. */
export async function say({ desk }: Pick<Front, "desk">, { slot, channel, threadTs, userId }: Reply, message: Message): Promise<void> {
  const where = { slot, channel, ...(threadTs === undefined ? {} : { thread: { ts: threadTs } }) };
  const onBehalfOf = userId === undefined ? {} : { onBehalfOf: userId };
  const saying = { ...where, content: { kind: "message", message }, priority: 2, ...onBehalfOf } as const;
  await commit(desk, (tables) => tables.outbox.say(saying, desk.ids.next("dlv"), desk.clock.nowMs()));
}
