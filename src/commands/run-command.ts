import type { Message } from "../domain/message.ts";
import { refusal } from "../messages/refusal.ts";
import { refusedUnless } from "./access.ts";
import { freeze, unlock } from "./admin.ts";
import type { Asker, Front } from "./front.ts";
import { investigate } from "./investigate.ts";
import { approvals, audit, help, incidents, locks, me, runbooks, show } from "./look.ts";
import { top, trend } from "./memory.ts";
import { parseCommand, type Command } from "./parse-command.ts";
import { runAction } from "./run-action.ts";
import { silence, silences, unmute } from "./silence.ts";

/** Understands what was typed and does it. Undefined: the thread itself is the answer. */
export async function runTyped(front: Front, asker: Asker, text: string): Promise<Message | undefined> {
  const parsed = parseCommand(text);
  if (parsed.kind === "wrong") return refusal(parsed);
  return runCommand(front, asker, parsed.command);
}

/** Does what a command says, for those who may. */
export async function runCommand(front: Front, asker: Asker, command: Command): Promise<Message | undefined> {
  const { userId } = asker;
  switch (command.kind) {
    case "help":
      return help(front, userId);
    case "whoami":
      return me(front, userId);
    case "runbooks":
      return runbooks(front, command.id);
    case "investigate":
      return investigate(front, asker, command);
    case "run":
      return runAction(front, asker, command);
    case "freeze":
      return freeze(front, userId, command);
    case "unlock":
      return unlock(front, userId, command.target);
    case "trend":
      return (await refusedUnless(front, "investigators", userId)) ?? trend(front, asker, command.target);
    case "snooze":
    case "mute":
      return (await refusedUnless(front, "investigators", userId)) ?? silence(front, userId, command);
    case "unmute":
      return (await refusedUnless(front, "investigators", userId)) ?? unmute(front, userId, command.id);
    case "top":
    case "incidents":
    case "show":
    case "silences":
    case "approvals":
    case "locks":
    case "audit":
      return (await refusedUnless(front, "investigators", userId)) ?? look(front, userId, command);
  }
}

type Looking = Extract<Command, { readonly kind: "top" | "incidents" | "show" | "silences" | "approvals" | "locks" | "audit" }>;

function look(front: Front, userId: string, command: Looking): Promise<Message> {
  switch (command.kind) {
    case "top":
      return top(front, command);
    case "incidents":
      return incidents(front, command.which);
    case "show":
      return show(front, command.id);
    case "silences":
      return silences(front);
    case "approvals":
      return approvals(front);
    case "locks":
      return locks(front, userId);
    case "audit":
      return audit(front, command.id);
  }
}
