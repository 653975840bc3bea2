import type { Inbound } from "../ports/inbound.ts";
import { attempt } from "./attempt.ts";
import type { Front } from "./front.ts";
import { runTyped } from "./run-command.ts";
import { say } from "./say.ts";

type Mention = Extract<Inbound, { readonly kind: "mention" }>;

/** `@Oomph ...`: the same words as after `/oom`, answered in the thread. */
export async function onMention(front: Front, inbound: Mention): Promise<void> {
  const { userId, channel, ts, threadTs = ts, text } = inbound;
  const answer = await attempt(front, () => runTyped(front, { userId, channel, threadTs }, text));
  if (answer !== undefined) await say(front, { slot: `mention/${channel}/${ts}`, channel, threadTs, userId }, answer);
}
