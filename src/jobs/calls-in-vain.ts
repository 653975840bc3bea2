import type { Delivery } from "../domain/delivery.ts";
import { messageOf } from "../domain/errors.ts";
import type { Incident } from "../domain/incident.ts";
import type { Desk } from "../incidents/desk.ts";
import type { Chat } from "../ports/chat.ts";
import type { AttentionStep } from "../ports/quiet-tables.ts";
import { callSlot } from "./call-slots.ts";

/** `direct`: by direct message. `...-again`: what Slack has refused once more, where it was to be said. */
export type Calling = { readonly incident: Incident; readonly how: AttentionStep | "direct" | `${AttentionStep}-again` };

/** What Slack refuses for good (a channel that is archived, or that Oomph was taken out of) may be mended meanwhile. */
const AGAIN_MS = 10 * 60_000;
/** What it has not taken for so long, it may not take for hours (it is tried all the same): nobody hears of it meanwhile. */
const LATE_MS = 5 * 60_000;
const MOST_PEOPLE = 20;

/**
 * Calls that Slack has refused for good, or does not take for minutes, so that nobody was called: the second channel is told without
 * waiting, where no channel is left people are told directly, and what was refused for good is tried again.
 */
export async function callsInVain({ store, clock, unattended }: Desk, limit: number): Promise<readonly Calling[]> {
  const callings: Calling[] = [];
  const known = new Map<string, Promise<Delivery | undefined>>(); // all of a storm share theirs
  const deliveryOf = (slot: string): Promise<Delivery | undefined> => {
    const asked = known.get(slot) ?? store.outbox.bySlot(slot);
    known.set(slot, asked);
    return asked;
  };
  for (const { incident, attention } of await store.attention.called(limit)) {
    const about = { incident, sinceMs: attention.sinceMs };
    const all = await Promise.all(STEPS.map(async (step) => ({ step, delivery: await deliveryOf(callSlot(about, step)) })));
    const made = all.filter(({ delivery }) => delivery !== undefined);
    const inVain = made.filter(({ delivery }) => isInVain(delivery, clock.nowMs()));
    if (inVain.length === 0) continue;
    if (unattended?.spread !== undefined && attention.spreadAtMs === undefined) callings.push({ incident, how: "spread" });
    else if (inVain.length === made.length) callings.push({ incident, how: "direct" });
    for (const { step, delivery } of inVain) if (mayTryAgain(delivery, clock.nowMs())) callings.push({ incident, how: `${step}-again` });
  }
  return callings;
}

function isInVain(call: Delivery | undefined, nowMs: number): boolean {
  if (call?.state === "due" && call.lastError !== undefined) return nowMs - (call.tryingSinceMs ?? nowMs) >= LATE_MS;
  return call?.state === "failed";
}

/** Refused for good, a while ago. */
export function mayTryAgain(call: Delivery | undefined, nowMs: number): boolean {
  return call?.state === "failed" && nowMs - call.nextAttemptAtMs >= AGAIN_MS;
}

const STEPS = ["mention", "spread"] as const satisfies readonly AttentionStep[];

type Asking = { readonly desk: Pick<Desk, "unattended" | "rules" | "log">; readonly chat: Pick<Chat, "groupMembers"> };

/** Slack user ids: those who were to be called or, where nobody can say who that is, those who look after Oomph. */
export async function peopleToTell({ desk, chat }: Asking): Promise<readonly string[]> {
  const { unattended, rules, log } = desk;
  const called = unattended?.mention === undefined ? [] : await membersOf({ desk, chat }, unattended.mention.group);
  const people = called.length > 0 ? called : (await Promise.all(rules.admins.map((id) => membersOf({ desk, chat }, id)))).flat();
  if (people.length === 0) log.error({}, "nobody reacts, Slack takes no call in a channel, and nobody is known who could be told directly");
  return [...new Set(people)].slice(0, MOST_PEOPLE);
}

/** A user is by themselves. */
async function membersOf({ desk, chat }: Asking, id: string): Promise<readonly string[]> {
  if (!id.startsWith("S")) return [id];
  try {
    return await chat.groupMembers(id);
  } catch (error) {
    desk.log.warn({ groupId: id, because: messageOf(error) }, "could not tell who is in a group that is to be called");
    return [];
  }
}
