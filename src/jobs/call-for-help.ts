import { formatDuration } from "../domain/duration.ts";
import type { Incident } from "../domain/incident.ts";
import { noiseOf } from "../domain/silence.ts";
import { attendWithin } from "../incidents/attention.ts";
import { commit } from "../incidents/commit.ts";
import type { Desk } from "../incidents/desk.ts";
import { hushOf } from "../incidents/hush.ts";
import { threadLink } from "../incidents/thread-link.ts";
import { callNote, spreadNote } from "../messages/quiet-notes.ts";
import type { Chat } from "../ports/chat.ts";
import type { News } from "../ports/narrator.ts";
import type { AttentionStep } from "../ports/quiet-tables.ts";
import type { Tables } from "../ports/store.ts";
import { stormSlot } from "./say-storm.ts";

export type CallDeps = { readonly desk: Desk; readonly chat: Pick<Chat, "permalink"> };

type Call = Extract<News, { readonly kind: "unattended" }>["call"];
type Calling = { readonly incident: Incident; readonly step: AttentionStep; readonly call: Call };

const MOST_LOOKED_AT = 500;
/** A group that is called fifty times in a minute is called no better; the rest follows at the next look. */
const MOST_CALLS = 10;
const MOST_ENTRIES = 200;

/** Nobody has reacted to incidents for too long: calls a group, and later another channel, once each. May run on several replicas at once. */
export async function callForHelp({ desk, chat }: CallDeps): Promise<number> {
  const { mention, spread, severities } = desk.unattended ?? { severities: [] };
  let calls = 0;
  for (const [step, settings] of [["mention", mention] as const, ["spread", spread] as const]) {
    if (settings === undefined) continue;
    const due = await desk.store.attention.unattended(step, desk.clock.nowMs() - settings.afterMs, MOST_LOOKED_AT);
    const grave = due.filter(({ severity }) => severity !== undefined && severities.includes(severity));
    for (const incident of grave) {
      if (calls === MOST_CALLS) return calls;
      if ((await hushOf(desk.store, desk, noiseOf(incident))) !== undefined) continue;
      const call: Call = "group" in settings ? { group: settings.group } : await spreading({ desk, chat }, incident, settings.channel);
      if (await commit(desk, (tables) => callWithin(tables, desk, { incident, step, call }))) calls += 1;
    }
  }
  return calls;
}

async function spreading(deps: CallDeps, incident: Incident, channel: string): Promise<Call> {
  const permalink = await threadLink(deps, incident);
  return permalink === undefined ? { channel } : { channel, permalink };
}

/** False: somebody has reacted after all, or it has been done. */
async function callWithin(tables: Tables, desk: Desk, { incident, step, call }: Calling): Promise<boolean> {
  const { sinceMs } = (await tables.attention.get(incident.id)) ?? {};
  if (sinceMs === undefined || (await hasActed(tables, desk, { incident, sinceMs }))) return false;
  const atMs = desk.clock.nowMs();
  if (!(await tables.attention.done(incident.id, step, atMs))) return false;
  const forMs = atMs - sinceMs;
  const actor = { kind: "oomph" } as const;
  const called = "group" in call ? call.group : call.channel;
  await tables.audit.append({ kind: "incident-unattended", actor, atMs, incidentId: incident.id, detail: { step, called, forMs } });
  await tables.incidents.note({
    incidentId: incident.id,
    atMs,
    actor,
    says: `Nobody had reacted for ${formatDuration(forMs)}: called ${called}`,
  });
  const news = { kind: "unattended", incident, sinceMs, forMs, call } as const;
  if (incident.stormId !== undefined) return callInStorm(tables, desk, { news, stormId: incident.stormId });
  await desk.narrator(tables, news);
  return true;
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

type InStorm = { readonly news: Extract<News, { readonly kind: "unattended" }>; readonly stormId: string };

/** A storm calls once, in its own thread and in the other channel, whichever of its incidents was the first. */
async function callInStorm(tables: Tables, { ids, clock }: Desk, { news, stormId }: InStorm): Promise<boolean> {
  const { call } = news;
  const slot = "group" in call ? `${stormId}/unattended` : `${stormId}/unattended/elsewhere`;
  const storm = await tables.storms.get(stormId);
  if (storm === undefined || (await tables.outbox.bySlot(slot)) !== undefined) return false;
  const where = "group" in call ? { channel: storm.channel, thread: { slot: stormSlot(stormId) } } : { channel: call.channel };
  const message = "group" in call ? callNote({ ...news, ...call }) : spreadNote({ ...news, ...call });
  await tables.outbox.say({ slot, ...where, content: { kind: "message", message }, priority: 1 }, ids.next("dlv"), clock.nowMs());
  return true;
}
