import type { ActionRequest, Lease } from "../domain/action-request.ts";
import { formatTarget, targetKey } from "../domain/target.ts";
import type { Desk } from "./desk.ts";
import { mayDecide } from "./may-approve.ts";
import { isIntact } from "./plan-hash.ts";
import { personOrReason } from "./may-request.ts";
import type { NotDecided, Word } from "./word.ts";

const MIN_REASON_LENGTH = 10;

/** Everything that stands against taking a word at this moment; undefined: nothing does. Changes nothing. */
export async function whyNot(desk: Desk, request: ActionRequest, word: Word): Promise<NotDecided | undefined> {
  return (await whyNotFrom(desk, request, word)) ?? (word.kind === "deny" ? undefined : whyNotTyped(request, word));
}

/** What stands against this person's word, whatever they will have typed: asked before a dialog is opened. */
export async function whyNotFrom(desk: Desk, request: ActionRequest, word: Pick<Word, "userId" | "kind">): Promise<NotDecided | undefined> {
  const decisions = await desk.store.requests.decisions(request.id);
  if (request.state !== "pending") return { kind: "too-late", state: request.state, request, decisions };
  if (request.expiresAtMs <= desk.clock.nowMs()) return { kind: "expired", request };

  const person = await personOrReason(desk, word.userId, "anew");
  if (typeof person === "string") return refused(person);
  if (word.kind === "deny" && word.userId === request.requestedBy) return refused("this is your own request: cancel it instead");
  const access = mayDecide(desk, person, { request, kind: word.kind });
  if (access.kind === "refused") return access;
  const own = decisions.find((decision) => decision.userId === word.userId);
  if (own !== undefined) return { kind: "already-decided", decision: own };
  return word.kind === "deny" ? undefined : whyNotGo(desk, request);
}

async function whyNotGo(desk: Desk, request: ActionRequest): Promise<NotDecided | undefined> {
  const freeze = await desk.store.settings.get("freeze");
  if (freeze?.on === true) return { kind: "frozen", freeze };
  if (!isConfigured(desk, request)) return refused(`${formatTarget(request.target)} is not configured any more`);
  if (!isIntact(request)) return refused("the stored plan is not the one that was shown: ask again, and have the audit checked");
  const lease = await foreignLease(desk, request);
  return lease === undefined ? undefined : { kind: "locked", lease };
}

function whyNotTyped(request: ActionRequest, word: Word): NotDecided | undefined {
  const expected = request.plan.confirm;
  if (expected !== undefined && word.typed?.trim() !== expected) return { kind: "confirmation-wrong", expected };
  const reasonLength = word.reason?.trim().length ?? 0;
  if (word.kind === "break-glass" && reasonLength < MIN_REASON_LENGTH) {
    return refused(`break-glass needs a reason of at least ${MIN_REASON_LENGTH} characters, got ${reasonLength}`);
  }
  return undefined;
}

/** Is the target still in the configuration? */
export function isConfigured(desk: Pick<Desk, "targets">, request: Pick<ActionRequest, "target">): boolean {
  return desk.targets.isConfigured(request.target);
}

async function foreignLease(desk: Desk, request: ActionRequest): Promise<Lease | undefined> {
  const leases = await desk.store.leases.list();
  const nowMs = desk.clock.nowMs();
  return leases.find((one) => one.targetKey === targetKey(request.target) && one.requestId !== request.id && one.expiresAtMs > nowMs);
}

function refused(because: string): NotDecided {
  return { kind: "refused", because };
}
