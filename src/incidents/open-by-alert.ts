import { given } from "../domain/given.ts";
import { withLabels } from "../domain/heard-labels.ts";
import { labelsOf } from "../domain/silence.ts";
import { traitsOf } from "../domain/storm.ts";
import type { Tables } from "../ports/store.ts";
import type { Desk } from "./desk.ts";
import { countedAs, ownerOf, type Hearing } from "./hearing.ts";
import { tellKept } from "./hush.ts";
import { wordsOf } from "./look-anew.ts";
import { openWithin, type Opened, type Opening } from "./open-incident.ts";
import { worsened } from "./worsened.ts";

/** Within a transaction: an alert whose incident is not open opens it, or opens it again. */
export async function openByAlert(tables: Tables, desk: Desk, hearing: Hearing): Promise<Opened> {
  const opened = await openWithin(tables, desk, await inOwnThread(tables, openingOf(hearing)));
  await tables.heard.add([countedAs(hearing, opened.incident)]);
  await tellKept(tables, desk, opened.incident);
  return worsened(tables, desk, { opened, hearings: [hearing] });
}

/** What opens an incident, with what the alert says of it. */
function openingOf(hearing: Hearing): Opening {
  const { alert, key: _, heardAtMs: __, changedAtMs: ___, ...opening } = hearing;
  const said = given({ severity: alert.severity ?? undefined, alert: alert.says === undefined ? undefined : wordsOf(alert) });
  return { ...opening, ...said, traits: traitsOf(opening.target, alert), labels: withLabels({}, labelsOf(alert)) };
}

/** One thread tells of one incident: of several alerts in a post the first has the thread below it, the others begin their own. */
async function inOwnThread({ incidents }: Tables, opening: Opening): Promise<Opening> {
  const { rootTs, ...rest } = opening;
  if (rootTs === undefined) return opening;
  const there = await incidents.findByThread(opening.channel, rootTs);
  return there === undefined || there.fingerprint === ownerOf(opening) ? opening : rest;
}
