import { codeOf, messageOf, OomphError } from "../domain/errors.ts";
import type { Message } from "../domain/message.ts";
import { refusal } from "../messages/refusal.ts";
import type { Front } from "./front.ts";

/**
 * Does what a person asked for. What goes wrong is said to them at once, in words, and not tried again behind their
 * back: they can see what became of it and ask anew.
 */
export async function attempt<Result>({ desk }: Pick<Front, "desk">, work: () => Promise<Result>): Promise<Result | Message> {
  try {
    return await work();
  } catch (error) {
    desk.log.error({ code: codeOf(error), error }, "something that was asked for went wrong");
    const because = error instanceof OomphError ? messageOf(error) : "something went wrong inside Oomph; its log says what";
    return refusal({ because, todo: "`/oom incidents` shows what was started. Try again." });
  }
}
