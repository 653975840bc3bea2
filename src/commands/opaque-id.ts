import type { Message } from "../domain/message.ts";
import { refusal } from "../messages/refusal.ts";
import type { Front } from "./front.ts";

/** Has it the form of an id of this kind? Whether there is such a one, the store knows. */
export function isIdOf(prefix: "off" | "req" | "inc" | "sil" | "stm" | "str", value: string): boolean {
  return value.length <= 64 && value.startsWith(`${prefix}_`) && /^[a-z]+_[0-9A-Za-z]+$/.test(value);
}

/** A button that Oomph never made, or one whose thing is gone. */
export function notOurs(
  { desk }: Pick<Front, "desk">,
  click: { readonly userId: string; readonly actionId: string; readonly value: string },
): Message {
  const { userId, actionId, value } = click;
  desk.log.warn(
    { userId, actionId: actionId.slice(0, 60), value: value.slice(0, 60), valueLength: value.length },
    "a click on something that there is not",
  );
  return refusal({
    because: "that button leads to nothing (any more), so nothing was done",
    todo: "`/oom incidents` and `/oom approvals` show what there is.",
  });
}
