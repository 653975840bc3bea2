import { formatDuration } from "../domain/duration.ts";
import type { Incident } from "../domain/incident.ts";
import { noiseOf } from "../domain/silence.ts";
import { attendWithin } from "../incidents/attention.ts";
import { commit } from "../incidents/commit.ts";
import type { Desk } from "../incidents/desk.ts";
import { hushOf } from "../incidents/hush.ts";
import { threadLink } from "../incidents/thread-link.ts";
import type { Chat } from "../ports/chat.ts";
import type { News } from "../ports/narrator.ts";
import type { AttentionStep } from "../ports/quiet-tables.ts";
import type { Tables } from "../ports/store.ts";
import { callSlot, directSlot, type Called } from "./call-slots.ts";
import { callsInVain, mayTryAgain, peopleToTell, type Calling } from "./calls-in-vain.ts";

export type CallDeps = { readonly desk: Desk; readonly chat: Pick<Chat, "permalink" | "groupMembers"> };

type Call = Extract<News, { readonly kind: "unattended" }>["call"];

const MOST_LOOKED_AT = 500;
/** A group that is called fifty times in a minute is called no better; the rest follows at the next look. */
const MOST_CALLS = 10;
const MOST_ENTRIES = 200;

/**
 * Nobody has reacted to incidents for too long: calls a group, and later another channel, once each; what Slack refuses goes another
 * way. May run on several replicas at once.
 */
export async function callForHelp(deps: CallDeps): Promise<number> {
  const { desk } = deps;
  let calls = 0;
  let people: Promise<readonly string[]> | undefined;
  const ways: Ways = { ...deps, people: () => (people ??= peopleToTell(deps)) };
  for (const look of [dueFor("mention"), dueFor("spread"), callsInVain]) {
    for (const calling of await look(desk, MOST_LOOKED_AT)) {
      if (calls === MOST_CALLS) return calls;
      if ((await hushOf(desk.store, desk, noiseOf(calling.incident))) !== undefined) continue;
      const call = await callOf(ways, calling);
      if (call !== undefined && (await commit(desk, (tables) => callWithin(tables, desk, { ...calling, call })))) calls += 1;
    }
  }
  return calls;
}

function dueFor(step: AttentionStep): (desk: Desk, limit: number) => Promise<readonly Calling[]> {
  return async ({ store, clock, unattended }, limit) => {
    const settings = unattended?.[step];
    if (settings === undefined) return [];
    const due = await store.attention.unattended(step, clock.nowMs() - settings.afterMs, limit);
    // Nobody has weighed it: for calls it counts as a warning.
    const grave = due.filter(({ severity }) => unattended?.severities.includes(severity ?? "warning"));
    return grave.map((incident) => ({ incident, how: step }));
  };
}

/** Who is told directly is asked once a round. */
type Ways = CallDeps & { people(): Promise<readonly string[]> };

/** Undefined: it is not configured any more, or there is nobody. */
async function callOf(ways: Ways, { incident, how }: Calling): Promise<Call | undefined> {
  const { mention, spread } = ways.desk.unattended ?? {};
  if (how === "direct") {
    const people = await ways.people();
    return people.length === 0 ? undefined : { people };
  }
  if (how === "mention" || how === "mention-again") return mention === undefined ? undefined : { group: mention.group };
  if (spread === undefined) return undefined;
  const permalink = await threadLink(ways, incident);
  return permalink === undefined ? { channel: spread.channel } : { channel: spread.channel, permalink };
}

type Placed = Calling & { readonly call: Call };

/** False: somebody has reacted after all, or it has been done. */
async function callWithin(tables: Tables, desk: Desk, { incident, how, call }: Placed): Promise<boolean> {
  const { sinceMs, attendedAtMs } = (await tables.attention.get(incident.id)) ?? {};
  if (sinceMs === undefined || attendedAtMs !== undefined || (await hasActed(tables, desk, { incident, sinceMs }))) return false;
  const left = await stillToDo(tables, { about: { incident, sinceMs }, how, call, atMs: desk.clock.nowMs() });
  if (left === undefined) return false;
  const forMs = desk.clock.nowMs() - sinceMs;
  if (left.isNew) await record(tables, desk, { incident, how, call: left.call, forMs });
  await desk.narrator(tables, { kind: "unattended", incident, sinceMs, forMs, call: left.call });
  return true;
}

type ToDo = { readonly about: Called; readonly how: Calling["how"]; readonly call: Call; readonly atMs: number };

/** False: Slack has refused it before. */
type Left = { readonly call: Call; readonly isNew: boolean };

/** What of a call nobody else has made: a storm calls once, whichever of its incidents was the first. */
async function stillToDo({ attention, outbox }: Tables, { about, how, call, atMs }: ToDo): Promise<Left | undefined> {
  if ("people" in call) {
    const told = await Promise.all(call.people.map(async (id) => ({ id, said: await outbox.bySlot(directSlot(about, id)) })));
    const left = told.filter(({ said }) => said === undefined || mayTryAgain(said, atMs));
    const isNew = left.some(({ said }) => said === undefined);
    return left.length === 0 ? undefined : { call: { people: left.map(({ id }) => id) }, isNew };
  }
  const there = await outbox.bySlot(callSlot(about, "group" in call ? "mention" : "spread"));
  if (how === "mention" || how === "spread")
    return (await attention.done(about.incident.id, how, atMs)) && there === undefined ? { call, isNew: true } : undefined;
  return mayTryAgain(there, atMs) ? { call, isNew: false } : undefined;
}

type Made = { readonly incident: Incident; readonly how: string; readonly call: Call; readonly forMs: number };

async function record({ audit, incidents }: Tables, { clock }: Desk, { incident, how, call, forMs }: Made): Promise<void> {
  const [atMs, actor, incidentId] = [clock.nowMs(), { kind: "oomph" } as const, incident.id];
  const called = calledBy(call);
  await audit.append({ kind: "incident-unattended", actor, atMs, incidentId, detail: { step: how, called, forMs } });
  await incidents.note({ incidentId, atMs, actor, says: `Nobody had reacted for ${formatDuration(forMs)}: called ${called}` });
}

function calledBy(call: Call): string {
  if ("group" in call) return call.group;
  return "people" in call ? call.people.join(", ") : call.channel;
}

/** What people have asked for or decided is in the audit, wherever they did so. */
async function hasActed(
  tables: Tables,
  desk: Desk,
  { incident, sinceMs }: { readonly incident: Incident; readonly sinceMs: number },
): Promise<boolean> {
  const entries = await tables.audit.list({ incidentId: incident.id, limit: MOST_ENTRIES });
  const acted = entries.find(({ actor, atMs }) => atMs >= sinceMs && (actor.kind === "user" || actor.kind === "cli"));
  if (acted === undefined) return false;
  if (acted.actor.kind === "user") await attendWithin(tables, desk, { incident, by: acted.actor.id });
  if (acted.actor.kind === "cli") await tables.attention.attend(incident.id, { by: acted.actor.login, atMs: acted.atMs });
  return true;
}
