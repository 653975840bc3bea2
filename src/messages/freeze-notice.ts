import type { Message } from "../domain/message.ts";
import { message, section } from "./kit.ts";
import { person, prose, time } from "./words.ts";

/** The kill switch was turned, or is being asked about. `by` is a Slack id or, from the command line, a login name. */
export function freezeNotice(facts: {
  readonly on: boolean;
  readonly by: string;
  readonly atMs: number;
  readonly reason?: string;
}): Message {
  const because = facts.reason === undefined ? "" : `\nReason: “${prose(facts.reason)}”`;
  if (!facts.on) {
    return message("The freeze is off: approved actions are carried out again.", [
      section(`🟢 *The freeze is off*, by ${person(facts.by)} ${time(facts.atMs)}. Approved actions are carried out again.${because}`),
    ]);
  }
  return message("Frozen: nothing is carried out until an admin says otherwise.", [
    section(
      `🧊 *Frozen* by ${person(facts.by)} ${time(facts.atMs)}. Nothing is carried out while this is on; investigating goes on.${because}\nTurn it off: \`/oom freeze off\``,
    ),
  ]);
}

/** Nobody has ever turned the kill switch. */
export function neverFrozen(): Message {
  return message("Not frozen.", [section("🟢 Not frozen. The kill switch is `/oom freeze on <reason>`.")]);
}
