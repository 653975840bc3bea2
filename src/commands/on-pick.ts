import { given } from "../domain/given.ts";
import type { Message } from "../domain/message.ts";
import { formatTarget } from "../domain/target.ts";
import { readChoice } from "../domain/target-choice.ts";
import { note } from "../messages/note.ts";
import { refusal } from "../messages/refusal.ts";
import { targetPicker } from "../messages/target-picker.ts";
import type { Inbound } from "../ports/inbound.ts";
import { refusedUnless } from "./access.ts";
import { lookUpTarget } from "./find-target.ts";
import type { Front } from "./front.ts";
import { investigate, unknownTarget } from "./investigate.ts";
import { isIdOf, notOurs } from "./opaque-id.ts";

type Click = Extract<Inbound, { readonly kind: "click" }>;

/** A name that is not known was chosen: whoever pressed is asked which target it is. */
export async function askWhich(front: Front, click: Click): Promise<Message> {
  const { strays } = front.desk.store;
  const stray = isIdOf("str", click.value) ? await strays.get(click.value) : undefined;
  if (stray === undefined) return notOurs(front, click);
  const refused = await refusedUnless(front, "investigators", click.userId);
  if (refused !== undefined) return refused;
  const { id: strayId, class: alertClass, because, chosen } = stray;
  if (chosen !== undefined) return note(`That is answered already: \`${chosen.target}\` is looked at.`);
  const meant = await strays.targetsOf(strayId);
  const targets = meant.length > 0 ? meant : (await front.desk.targets.list()).known.map(({ target }) => target);
  if (targets.length === 0) return note(`${because} Nothing is configured that it could be about.`);
  return targetPicker({ says: `${because} Which one is it about?`, targets, chosenFor: { alertClass, strayId } });
}

/** The choice is a target's name, looked up like one that was typed. Below the post that asked for it, where there is one. */
export async function pick(front: Front, { value, userId, channel, threadTs }: Click): Promise<Message | undefined> {
  const { name, alertClass, strayId } = readChoice(value);
  const refused = await refusedUnless(front, "investigators", userId);
  if (refused !== undefined) return refused;
  const found = await lookUpTarget(name, front.desk.targets);
  if (found.kind === "none") return unknownTarget(found);
  if (found.kind === "several")
    return refusal({ because: "that may mean several targets", todo: "Type `/oom investigate` with the whole name." });
  const target = formatTarget(found.target);
  const stray = strayId === undefined ? undefined : await front.desk.store.strays.get(strayId);
  const place = stray ?? { channel, threadTs };
  const asker = { userId, channel: place.channel, ...given({ threadTs: place.threadTs }) };
  const answer = await investigate(front, asker, { target, ...given({ alertClass }) });
  if (stray !== undefined) await front.desk.store.strays.choose(stray.id, { target, userId });
  if (answer !== undefined || place.threadTs === threadTs) return answer;
  return note(`Looking at \`${target}\`, below the post that named it.`);
}
