import type { Message } from "../domain/message.ts";
import { formatTarget, type Target } from "../domain/target.ts";
import { requestAction, type Requested } from "../incidents/request-action.ts";
import { askedNote } from "../messages/asked-note.ts";
import { refusal } from "../messages/refusal.ts";
import { refusedUnless } from "./access.ts";
import { lookUpTarget } from "./find-target.ts";
import type { Asker, Front } from "./front.ts";
import { startOf, threadLink, unknownTarget } from "./investigate.ts";
import { nearest } from "../domain/nearest.ts";
import type { Command } from "./parse-command.ts";

/** `/oom run`: plans an action on a target and puts it to approval. */
export async function runAction(front: Front, asker: Asker, command: Extract<Command, { readonly kind: "run" }>): Promise<Message> {
  const refused = await refusedUnless(front, "requesters", asker.userId);
  if (refused !== undefined) return refused;
  const actionId = actionNamed(front, command.action);
  if (typeof actionId !== "string") return actionId.refusal;
  const found = await lookUpTarget(command.target, front.desk.targets);
  if (found.kind === "none") return unknownTarget(found);
  if (found.kind === "several") return whichTarget(command, actionId, found.targets);

  const start = startOf(front, found.target);
  const opening =
    start === undefined
      ? {}
      : { opening: { ...start, channel: asker.channel, ...(asker.threadTs === undefined ? {} : { rootTs: asker.threadTs }) } };
  const requested = await requestAction(front.desk, {
    actionId,
    target: found.target,
    params: command.params,
    userId: asker.userId,
    ...opening,
  });
  return requestedAnswer(front, requested);
}

/** Where the card is, or why there is none. */
export async function requestedAnswer(front: Front, requested: Requested): Promise<Message> {
  if (requested.kind === "refused") return refusal({ because: requested.because });
  const { incident, request } = requested;
  const permalink = await threadLink(front, incident);
  return askedNote({ incident, request, ...(permalink === undefined ? {} : { permalink }) });
}

/** `flush-db` is enough for `redis.flush-db`. */
function actionNamed({ desk }: Front, typed: string): string | { readonly refusal: Message } {
  const ids = desk.planner.actions.map((action) => action.id);
  const wanted = typed.toLowerCase();
  const exact = ids.filter((id) => id === wanted || id.endsWith(`.${wanted}`));
  if (exact[0] !== undefined && exact.length === 1) return exact[0];
  const short = ids.map((id) => id.slice(id.indexOf(".") + 1));
  const partly = wanted.length < 3 ? [] : ids.filter((id) => id.includes(wanted));
  const meant = [
    ...partly,
    ...nearest(typed, ids),
    ...nearest(typed, short).flatMap((name) => ids.filter((id) => id.endsWith(`.${name}`))),
  ];
  const offered = [...new Set(meant.length > 0 ? meant : ids)].map((id) => `\`${id}\``).join(", ");
  return {
    refusal: refusal({
      because: `there is no action "${typed.slice(0, 60)}"`,
      todo: meant.length > 0 ? `Did you mean ${offered}?` : `These are there: ${offered}`,
    }),
  };
}

/** An action is never aimed by a part of a name. */
function whichTarget(command: Extract<Command, { readonly kind: "run" }>, actionId: string, targets: readonly Target[]): Message {
  const names = targets.slice(0, 10).map((target) => `\`${formatTarget(target)}\``);
  return refusal({
    because: `"${command.target.slice(0, 60)}" is not the whole name of a target`,
    todo: `Type ${actionId} again with one of ${names.join(", ")}`,
  });
}
