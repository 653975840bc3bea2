import type { AlertClass } from "../domain/alert.ts";
import type { Message } from "../domain/message.ts";
import { formatTarget, type Target } from "../domain/target.ts";
import { choiceOf } from "../domain/target-choice.ts";
import { targetSelect } from "./target-picker.ts";
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

/** The same where it names nobody: what it may mean, to choose from. */
export function quietChoice({ targets, says, class: kind }: Omit<Offered, "target"> & { readonly targets: readonly Target[] }): Message {
  return message("Memory may be short. Whose?", [
    context(`Memory may be short: "${prose(says)}". It does not say whose; first in the list is what is nearest to its limit now.`),
    ...targetSelect(targets, "Investigate ...", { alertClass: kind }),
  ]);
}
