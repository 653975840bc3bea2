import { given } from "../domain/given.ts";
import { withLabels } from "../domain/heard-labels.ts";
import { labelsOf } from "../domain/silence.ts";
import { traitsOf } from "../domain/storm.ts";
import type { Tables } from "../ports/store.ts";
import type { Desk } from "./desk.ts";
import { countedAs, ownerOf, type Hearing } from "./hearing.ts";
import { tellKept } from "./hush.ts";
import { wordsOf } from "./look-anew.ts";
import { openWithin } from "./open-incident.ts";
import type { Opened, Opening } from "./opening.ts";
import { worsened } from "./worsened.ts";

/** Within a transaction: alerts whose incidents are not open, one of each, open them, or open them again. */
export async function openByAlerts(tables: Tables, desk: Desk, hearings: readonly Hearing[]): Promise<ReadonlyMap<Hearing, Opened>> {
  if (hearings.length === 0) return new Map();
  const all = await openWithin(tables, desk, await inOwnThreads(tables, hearings));
  const pairs = hearings.flatMap((hearing, index) => {
    const opened = all[index];
    return opened === undefined ? [] : [{ hearing, opened }];
  });
  await tables.heard.add(pairs.map(({ hearing, opened }) => countedAs(hearing, opened.incident)));
  const untold = await tables.hushed.untold(hearings.map(ownerOf));
  const heard = new Map<Hearing, Opened>();
  for (const { hearing, opened } of pairs) {
    if (untold.includes(opened.incident.fingerprint)) await tellKept(tables, desk, opened.incident);
    heard.set(hearing, await worsened(tables, desk, { opened, hearings: [hearing] }));
  }
  return heard;
}

/** What opens an incident, with what the alert says of it. */
function openingOf(hearing: Hearing): Opening {
  const { alert, key: _, heardAtMs: __, changedAtMs: ___, ...opening } = hearing;
  const said = given({ severity: alert.severity ?? undefined, alert: alert.says === undefined ? undefined : wordsOf(alert) });
  return { ...opening, ...said, traits: traitsOf(opening.target, alert), labels: withLabels({}, labelsOf(alert)) };
}

/** One thread tells of one incident: of several alerts in a post the first has the thread below it, the others begin their own. */
async function inOwnThreads({ incidents }: Tables, hearings: readonly Hearing[]): Promise<readonly Opening[]> {
  const taken = new Set<string>();
  const placed: Opening[] = [];
  for (const hearing of hearings) {
    const { rootTs, ...rest } = openingOf(hearing);
    const post = `${hearing.channel}/${rootTs}/`;
    const there = rootTs === undefined ? undefined : await incidents.findByThread(hearing.channel, rootTs);
    const isFree = !taken.has(post) && (there === undefined || there.fingerprint === ownerOf(hearing));
    taken.add(post);
    const isItsOwn = isFree || hearing.key.startsWith(post);
    placed.push({ ...rest, ...given({ rootTs: isFree ? rootTs : undefined, postTs: isItsOwn ? rootTs : undefined }) });
  }
  return placed;
}
