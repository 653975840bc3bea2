import type { Message } from "../domain/message.ts";
import { actionNamed } from "../domain/named-action.ts";
import type { ActionDoc } from "../domain/plan.ts";
import { formatTarget, type Target } from "../domain/target.ts";
import { requestAction, type Requested } from "../incidents/request-action.ts";
import { threadLink } from "../incidents/thread-link.ts";
import { askedNote } from "../messages/asked-note.ts";
import { refusal } from "../messages/refusal.ts";
import { refusedUnless } from "./access.ts";
import { lookUpTarget } from "./find-target.ts";
import type { Asker, Front } from "./front.ts";
import { startOf, unknownTarget } from "./investigate.ts";
import type { Command } from "./parse-command.ts";

/** `/oom run`: plans an action on a target and puts it to approval. */
export async function runAction(front: Front, asker: Asker, command: Extract<Command, { readonly kind: "run" }>): Promise<Message> {
  const refused = await refusedUnless(front, "requesters", asker.userId);
  if (refused !== undefined) return refused;
  const { actions } = front.desk.planner;
  const anyKind = actionNamed(command.action, actions);
  if (anyKind.kind === "none") return unknownAction(command.action, anyKind.nearest, actions);
  const found = await lookUpTarget(command.target, front.desk.targets);
  if (found.kind === "none") return unknownTarget(found);
  if (found.kind === "several") return whichTarget(command, found.targets);
  const named = actionNamed(command.action, actions, found.target.kind);
  if (named.kind !== "found") return unknownAction(command.action, named.kind === "several" ? named.ids : named.nearest, actions);

  const start = startOf(front, found.target);
  const opening =
    start === undefined
      ? {}
      : { opening: { ...start, channel: asker.channel, ...(asker.threadTs === undefined ? {} : { rootTs: asker.threadTs }) } };
  const requested = await requestAction(front.desk, {
    actionId: named.id,
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

function unknownAction(typed: string, meant: readonly string[], actions: readonly ActionDoc[]): Message {
  const offered = (meant.length > 0 ? meant : actions.map(({ id }) => id)).map((id) => `\`${id}\``).join(", ");
  return refusal({
    because: `there is no action "${typed.slice(0, 60)}"`,
    todo: meant.length > 0 ? `Did you mean ${offered}?` : `These are there: ${offered}`,
  });
}

/** An action is never aimed by a part of a name. */
function whichTarget({ action, target: typed }: Extract<Command, { readonly kind: "run" }>, targets: readonly Target[]): Message {
  const names = targets.slice(0, 10).map((target) => `\`${formatTarget(target)}\``);
  return refusal({
    because: `"${typed.slice(0, 60)}" is not the whole name of a target`,
    todo: `Type ${action.slice(0, 60)} again with one of ${names.join(", ")}`,
  });
}
