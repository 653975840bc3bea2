import { isListed } from "../domain/access.ts";
import { messageOf } from "../domain/errors.ts";
import type { Message } from "../domain/message.ts";
import { personOrReason } from "../incidents/may-request.ts";
import type { Abilities } from "../messages/help-menu.ts";
import { refusal } from "../messages/refusal.ts";
import { whoMayRefusal } from "../messages/who-may-refusal.ts";
import type { Front } from "./front.ts";

/** What a right lets somebody do, for the refusal. */
const RIGHTS = {
  investigators: "investigate and look",
  requesters: "ask for actions",
  admins: "freeze or release locks",
} as const;

/** Undefined: they may. Else the refusal, which says who may. Groups that cannot be asked mean no. */
export async function refusedUnless(
  { desk }: Pick<Front, "desk">,
  right: keyof typeof RIGHTS,
  userId: string,
): Promise<Message | undefined> {
  const allowed = desk.rules[right];
  const person = await personOrReason(desk, userId);
  if (typeof person === "string") return refusal({ because: person });
  if (isListed(person, allowed)) return undefined;
  return whoMayRefusal({ toDo: RIGHTS[right], setting: `access.${right}`, allowed: allowed === "everyone" ? [] : allowed });
}

/** What a person may do by the configuration, for menus; decisions ask again. Groups that cannot be asked mean no. */
export async function abilitiesOf(
  { desk }: Pick<Front, "desk">,
  userId: string,
): Promise<Abilities & { readonly groupIds: readonly string[] }> {
  const { rules } = desk;
  try {
    const person = await desk.person(userId);
    return {
      investigate: isListed(person, rules.investigators),
      request: isListed(person, rules.requesters),
      approve: rules.policies.some((policy) => isListed(person, policy.approvers)),
      admin: isListed(person, rules.admins),
      groupIds: person.groupIds,
    };
  } catch (error) {
    desk.log.warn({ userId, because: messageOf(error) }, "could not tell what a person may do");
    return { investigate: false, request: false, approve: false, admin: false, groupIds: [] };
  }
}
