import type { Message } from "../domain/message.ts";
import { targetKey } from "../domain/target.ts";
import { setFreeze } from "../incidents/freeze.ts";
import { releaseLease } from "../incidents/leases.ts";
import { freezeNotice, neverFrozen } from "../messages/freeze-notice.ts";
import { note } from "../messages/note.ts";
import { refusal } from "../messages/refusal.ts";
import { refusedUnless } from "./access.ts";
import { lookUpTarget } from "./find-target.ts";
import type { Front } from "./front.ts";
import { unknownTarget } from "./investigate.ts";
import type { Command } from "./parse-command.ts";

/** `/oom freeze`: turns the kill switch, or says how it stands. */
export async function freeze(
  front: Front,
  userId: string,
  { turn, reason }: Extract<Command, { readonly kind: "freeze" }>,
): Promise<Message> {
  if (turn === "ask") {
    const now = await front.desk.store.settings.get("freeze");
    return now === undefined ? neverFrozen() : freezeNotice(now);
  }
  const refused = await refusedUnless(front, "admins", userId);
  if (refused !== undefined) return refused;
  const set = await setFreeze(front.desk, { on: turn === "on", userId, ...(reason === undefined ? {} : { reason }) });
  return set.kind === "refused" ? refusal({ because: set.because }) : freezeNotice(set.freeze);
}

/** `/oom unlock`: takes a target out of the hands of whatever holds it. */
export async function unlock(front: Front, userId: string, typed: string): Promise<Message> {
  const refused = await refusedUnless(front, "admins", userId);
  if (refused !== undefined) return refused;
  const found = await lookUpTarget(typed, front.desk.targets);
  if (found.kind === "none") return unknownTarget(found);
  if (found.kind === "several")
    return refusal({ because: `"${typed.slice(0, 60)}" is not the whole name of a target`, todo: "`/oom locks` lists what is locked." });
  const released = await releaseLease(front.desk, { targetKey: targetKey(found.target), userId });
  switch (released.kind) {
    case "refused":
      return refusal({ because: released.because });
    case "nobody-held":
      return note(`Nothing was locked: \`${released.targetKey}\` is free.`);
    case "released":
      return note(
        `Released the lock on \`${released.lease.targetKey}\`, which \`${released.lease.incidentId}\` held. Its thread says so. Look at the target before anybody asks for another action.`,
      );
  }
}
