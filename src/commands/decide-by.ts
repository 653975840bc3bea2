import type { Message } from "../domain/message.ts";
import { cancel } from "../incidents/cancel.ts";
import { decide } from "../incidents/decide.ts";
import type { Word } from "../incidents/word.ts";
import { notDecided } from "../messages/not-decided.ts";
import type { Front } from "./front.ts";
import { isIdOf, notOurs } from "./opaque-id.ts";

/** One person's word by a click. Undefined: it counted, and the thread says so. */
export async function decideBy(front: Front, word: Word): Promise<Message | undefined> {
  if (!isIdOf("req", word.requestId)) return forged(front, word);
  const decided = await decide(front.desk, word);
  switch (decided.kind) {
    case "approved":
    case "counted":
    case "denied":
      return undefined;
    case "no-such-request":
      return forged(front, word);
    case "refused":
    case "too-late":
    case "expired":
    case "frozen":
    case "locked":
    case "confirmation-wrong":
    case "already-decided":
      return notDecided(decided);
  }
}

/** Takes a request back. Undefined: done, and the thread says so. */
export async function cancelBy(
  front: Front,
  { requestId, userId }: { readonly requestId: string; readonly userId: string },
): Promise<Message | undefined> {
  const asked = { requestId, userId, kind: "cancel" };
  if (!isIdOf("req", requestId)) return forged(front, asked);
  const cancelled = await cancel(front.desk, { requestId, userId });
  if (cancelled.kind === "cancelled") return undefined;
  return cancelled.kind === "no-such-request" ? forged(front, asked) : notDecided(cancelled);
}

function forged(
  front: Front,
  { requestId, userId, kind }: { readonly requestId: string; readonly userId: string; readonly kind: string },
): Message {
  return notOurs(front, { userId, actionId: `request_${kind}`, value: requestId });
}
