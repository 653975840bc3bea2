import { codeOf, messageOf, OomphError } from "../domain/errors.ts";
import type { Message } from "../domain/message.ts";
import { refusal } from "../messages/refusal.ts";
import type { Front } from "./front.ts";

/**
 * Does what a person asked for. What goes wrong is said to them at once, in words, and not tried again behind their
 * back: they can see what became of it and ask anew. A decision is not theirs to repeat: with `whileAway` it waits for a store
 * that is away or busy, by a job that throws and is tried again, and `whileAway` says so.
 */
export async function attempt<Result>(
  { desk }: Pick<Front, "desk">,
  work: () => Promise<Result>,
  whileAway?: () => Promise<void>,
): Promise<Result | Message> {
  try {
    return await work();
  } catch (error) {
    if (whileAway !== undefined && codeOf(error) === "store-unavailable") {
      await whileAway().catch((unsaid: unknown) => desk.log.warn({ because: messageOf(unsaid) }, "could not say that a decision waits"));
      throw error;
    }
    desk.log.error({ code: codeOf(error), error }, "something that was asked for went wrong");
    const because = error instanceof OomphError ? messageOf(error) : "something went wrong inside Oomph; its log says what";
    return refusal({ because, todo: "`/oom incidents` shows what was started. Try again." });
  }
}
