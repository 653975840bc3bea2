import { attend, attendThread } from "../incidents/attention.ts";
import type { Inbound } from "../ports/inbound.ts";
import { cleanText } from "./clean-text.ts";
import type { Front } from "./front.ts";
import { parseCommand, type CommandKind } from "./parse-command.ts";

/** Commands that do something about what they name; all others only read. */
const REACTING: readonly CommandKind[] = ["investigate", "run", "snooze", "mute"];

/** `on it`, `I'm looking`, `taking this`: at the beginning, and not asked. */
const CLAIM = /^(?:i(?:'?m| am) )?(?:on (?:it|this)|looking|taking (?:it|this|over)|mine)\b[^?]*$/i;

/**
 * What counts as a reaction: a pressed control, a command that does something, words by which somebody takes it on. Reading does
 * not. Requests, decisions and silences count where they are made, wherever that is.
 */
export async function notice({ desk }: Pick<Front, "desk">, inbound: Inbound): Promise<void> {
  if (desk.unattended === undefined) return;
  switch (inbound.kind) {
    case "click":
      return inThread(desk, inbound, inbound.threadTs ?? inbound.messageTs);
    case "mention":
      return isReaction(inbound.text) ? inThread(desk, inbound, inbound.threadTs) : undefined;
    case "post": {
      const { channel, userId, botId, threadTs, ts, text } = inbound.post;
      if (userId === undefined || botId !== undefined || threadTs === ts || !isClaim(text)) return undefined;
      return inThread(desk, { channel, userId }, threadTs);
    }
    case "command":
      return isReaction(inbound.text) ? byName(desk, inbound) : undefined;
    case "shortcut":
    case "submission":
      return undefined; // what they ask for is a request, which counts by itself
  }
}

function isReaction(text: string): boolean {
  const parsed = parseCommand(text);
  return isClaim(text) || (parsed.kind === "command" && REACTING.includes(parsed.command.kind));
}

function isClaim(text: string): boolean {
  return CLAIM.test(cleanText(text).replace(/^<?@\w+>? /, ""));
}

type Place = { readonly channel: string; readonly userId: string };

async function inThread(desk: Front["desk"], { channel, userId }: Place, threadTs: string | undefined): Promise<void> {
  if (threadTs !== undefined) await attendThread(desk, { channel, threadTs, by: userId });
}

async function byName(desk: Front["desk"], { text, userId }: { readonly text: string; readonly userId: string }): Promise<void> {
  const id = /\binc_[0-9a-z]{1,40}\b/i.exec(text.slice(0, 500))?.[0].toLowerCase();
  const incident = id === undefined ? undefined : await desk.store.incidents.get(id);
  if (incident !== undefined) await attend(desk, { incident, by: userId, isAlone: true });
}
