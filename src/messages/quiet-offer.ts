import type { Message } from "../domain/message.ts";
import { formatTarget, type Target } from "../domain/target.ts";
import { button, buttons, context, message } from "./kit.ts";
import { code, prose } from "./words.ts";

/** Below a post that may be about memory: one grey line and a button, and nothing else happens. */
export function quietOffer({ target, says }: { readonly target: Target; readonly says: string }): Message {
  const name = formatTarget(target);
  return message(`Memory may be behind this. Investigate ${name}?`, [
    context(`Memory may be behind "${prose(says)}". Nothing in it says so, and ${code(name)} was not OOM killed within the last hour.`),
    buttons([button("Investigate", { actionId: "target_pick", id: name })]),
  ]);
}
