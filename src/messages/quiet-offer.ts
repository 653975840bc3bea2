import type { AlertClass } from "../domain/alert.ts";
import type { Message } from "../domain/message.ts";
import { formatTarget, type Target } from "../domain/target.ts";
import { choiceOf } from "../domain/target-choice.ts";
import { button, buttons, context, message } from "./kit.ts";
import { code, prose } from "./words.ts";

type Offered = { readonly target: Target; readonly says: string; readonly class: AlertClass };

/** Below a post that may be about memory: one grey line and a button, and nothing else happens. */
export function quietOffer({ target, says, class: kind }: Offered): Message {
  const name = formatTarget(target);
  return message(`Memory may be behind this. Investigate ${name}?`, [
    context(`Memory may be behind "${prose(says)}". Nothing in it says so, and ${code(name)} was not OOM killed within the last hour.`),
    buttons([button("Investigate", { actionId: "target_pick", id: choiceOf(target, { alertClass: kind }) })]),
  ]);
}
