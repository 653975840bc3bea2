import type { Freeze } from "../ports/store.ts";
import { commit } from "./commit.ts";
import type { Desk } from "./desk.ts";
import { mayAdminister } from "./may-approve.ts";
import { personOrReason } from "./may-request.ts";

export type FreezeSet =
  | { readonly kind: "set"; readonly freeze: Freeze }
  /** It was so already. */
  | { readonly kind: "unchanged"; readonly freeze: Freeze }
  | { readonly kind: "refused"; readonly because: string };

/** The kill switch: while on, nothing is approved or executed, and what runs is told to stop. For admins. */
export async function setFreeze(
  desk: Desk,
  wish: { readonly on: boolean; readonly userId: string; readonly reason?: string },
): Promise<FreezeSet> {
  const person = await personOrReason(desk, wish.userId);
  if (typeof person === "string") return { kind: "refused", because: person };
  const access = mayAdminister(desk, person);
  if (access.kind === "refused") return access;

  return commit(desk, async (tables) => {
    const before = await tables.settings.get("freeze");
    const atMs = desk.clock.nowMs();
    const freeze: Freeze = { on: wish.on, by: wish.userId, atMs, ...(wish.reason === undefined ? {} : { reason: wish.reason }) };
    if ((before?.on ?? false) === wish.on) return { kind: "unchanged", freeze: before ?? freeze };
    await tables.settings.set("freeze", freeze);
    const actor = { kind: "user", id: wish.userId } as const;
    await tables.audit.append({ kind: wish.on ? "freeze-on" : "freeze-off", actor, atMs, detail: { reason: wish.reason ?? null } });
    return { kind: "set", freeze };
  });
}
