import { commit } from "./commit.ts";
import type { NotDecided } from "./word.ts";
import type { Desk } from "./desk.ts";
import { closeUndone } from "./expire.ts";

export type Cancelled = { readonly kind: "cancelled" } | Extract<NotDecided, { kind: "no-such-request" | "refused" | "too-late" }>;

/** Takes a request back before anything was done. Only who made it may. */
export async function cancel(
  desk: Desk,
  { requestId, userId }: { readonly requestId: string; readonly userId: string },
): Promise<Cancelled> {
  const request = await desk.store.requests.get(requestId);
  if (request === undefined) return { kind: "no-such-request" };
  if (request.requestedBy !== userId)
    return { kind: "refused", because: "only who asked may cancel a request: as an approver, deny it instead" };

  const closing = { request, to: "cancelled", outcome: "taken back by who asked for it", actor: { kind: "user", id: userId } } as const;
  if (await commit(desk, (tables) => closeUndone(tables, desk, closing))) return { kind: "cancelled" };
  const now = (await desk.store.requests.get(requestId)) ?? request;
  return { kind: "too-late", state: now.state, request: now, decisions: await desk.store.requests.decisions(requestId) };
}
