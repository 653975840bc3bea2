import type { Storm, StormSettings } from "../domain/storm.ts";
import type { ActionDoc } from "../domain/plan.ts";
import type { Clock, Ids } from "../ports/clock.ts";
import type { News } from "../ports/narrator.ts";
import type { Tables } from "../ports/store.ts";
import { callSlots } from "./call-slots.ts";
import { reportOf } from "./report-of.ts";
import { sayStorm, stormSlot } from "./say-storm.ts";
import { answeredLines, callLines, silencedLine, type QuietLine } from "./tell-quiet.ts";

type Telling = {
  readonly ids: Ids;
  readonly clock: Clock;
  readonly actions: readonly ActionDoc[];
  readonly storms?: Pick<StormSettings, "replies">;
};

/** What changes how the list shows an incident. */
const LISTED: readonly News["kind"][] = ["reopened", "taken-out", "worse", "diagnosed", "executing", "verifying", "ended", "resolved"];

/**
 * Tells what concerns an incident that is one of a storm: its verdict in the storm's list, its report below the storm as
 * far as the budget goes. Everything else the list shows by itself. False: it has a thread of its own.
 */
export async function tellInStorm(tables: Tables, news: News, telling: Telling): Promise<boolean> {
  const isTold = await tellMember(tables, news, telling);
  if (LISTED.includes(news.kind)) await keepRecord(tables, news, telling);
  return isTold;
}

/** While a storm lasts its list is gone over every few seconds; when it is over, what becomes of a member still belongs there. */
async function keepRecord(tables: Tables, { incident }: News, telling: Telling): Promise<void> {
  const stormId = incident.stormId ?? (await tables.storms.member(incident.id))?.stormId;
  const storm = stormId === undefined ? undefined : await tables.storms.get(stormId);
  if (storm?.state !== "over") return;
  await sayStorm(tables.outbox, telling, { storm, members: await tables.storms.members(storm.id) });
}

async function tellMember(tables: Tables, news: News, telling: Telling): Promise<boolean> {
  if (news.incident.stormId === undefined) return false;
  // As it stands now: it may have been taken out since.
  const stormId = (await tables.incidents.get(news.incident.id))?.stormId;
  const storm = stormId === undefined ? undefined : await tables.storms.get(stormId);
  if (storm === undefined) return false;
  const { id } = news.incident;
  for (const line of await linesInStorm(tables, news, storm.id)) await sayBelow(tables, telling, { line, storm, incidentId: id });
  if (news.kind === "investigation-failed") await tables.storms.found(id, `Could not be looked at: ${news.because}`);
  if (news.kind !== "diagnosed" || news.investigation.diagnosis === undefined) return true;

  await tables.storms.found(id, news.investigation.diagnosis.finding.headline);
  const message = reportOf(news, telling);
  if (message === undefined || !(await tables.storms.reply(id, { stormId: storm.id, most: telling.storms?.replies ?? 0 }))) return true;
  const line = { slot: `${id}/report/${news.investigation.id}`, message, priority: 2 } as const;
  await sayBelow(tables, telling, { line, storm, incidentId: id });
  return true;
}

/** What is said of one for all of a storm: that it is silenced, and who is called and reacts. */
async function linesInStorm({ outbox }: Tables, news: News, stormId: string): Promise<readonly QuietLine[]> {
  const incident = { ...news.incident, stormId };
  if (news.kind === "silenced") return [silencedLine(stormId, news)];
  if (news.kind === "unattended") return callLines({ ...news, incident });
  if (news.kind !== "attended") return [];
  // Direct messages too, whichever of its incidents they were said of.
  return answeredLines({ ...news, incident }, await outbox.under(callSlots({ ...news, incident })));
}

type Below = { readonly line: QuietLine; readonly storm: Storm; readonly incidentId: string };

async function sayBelow({ outbox }: Tables, { ids, clock }: Telling, { line, storm, incidentId }: Below): Promise<void> {
  const { slot, message, priority, channel } = line;
  const where = channel === undefined ? { channel: storm.channel, thread: { slot: stormSlot(storm.id) } } : { channel };
  await outbox.say({ slot, incidentId, ...where, content: { kind: "message", message }, priority }, ids.next("dlv"), clock.nowMs());
}
