import { claimOf } from "../domain/alert-claim.ts";
import { given } from "../domain/given.ts";
import { grouped } from "../domain/grouped.ts";
import { severityOf } from "../domain/silence.ts";
import type { Tables } from "../ports/store.ts";
import { commit, queueInvestigation } from "./commit.ts";
import type { Desk } from "./desk.ts";
import { ownerOf, worstOf, type Heard, type Hearing } from "./hearing.ts";
import { inHeaps, type Heaped } from "./in-heaps.ts";
import { joinOpen } from "./join-open.ts";
import { newsOf } from "./news-of.ts";
import { openByAlerts } from "./open-by-alert.ts";
import type { Opened } from "./opening.ts";

/** Other writers wait for the transaction in which they are heard, and acknowledgements for each of its statements to be put together. */
const MOST_TOGETHER = 16;

/** Opens or joins the incident of an alert's target, and counts it there exactly once. */
export async function hearAlert(desk: Desk, hearing: Hearing): Promise<Heard> {
  const hear = HEARERS.get(desk) ?? inHeaps(MOST_TOGETHER, (hearings: readonly Hearing[]) => hearAll(desk, hearings));
  HEARERS.set(desk, hear);
  return (await hear(weighed(hearing))) ?? { kind: "heard-already" };
}

const HEARERS = new WeakMap<Desk, Heaped<Hearing, Opened>>();

/** With our word for how bad it is, where its sender has none, and with what it claims. */
function weighed(hearing: Hearing): Hearing {
  const alert = { ...hearing.alert, severity: severityOf(hearing.alert) };
  return { ...hearing, ...given({ claim: claimOf(alert) }), alert };
}

/** In one transaction, with few statements however many they are. What is left out has been heard already. */
async function hearAll(desk: Desk, hearings: readonly Hearing[]): Promise<ReadonlyMap<Hearing, Opened>> {
  const heard = await commit(desk, async (tables) => {
    const news = await newsOf(tables, desk, hearings);
    const joined = await joinOpen(tables, desk, news);
    const left = news.filter((hearing) => !joined.has(hearing));
    return new Map([...joined, ...(await openAndJoin(tables, desk, left))]);
  });
  for (const { investigation } of new Set(heard.values()))
    if (investigation !== undefined) await queueInvestigation(desk, investigation.id, investigation.startedAtMs - desk.clock.nowMs());
  return heard;
}

/** The worst of an incident opens it, which decides whether it has a thread of its own; the others join it. */
async function openAndJoin(tables: Tables, desk: Desk, hearings: readonly Hearing[]): Promise<ReadonlyMap<Hearing, Opened>> {
  const groups = [...grouped(hearings, ownerOf).values()];
  const openers = new Set(groups.map(worstOf));
  const opened = await openByAlerts(tables, desk, [...openers]);
  const others = hearings.filter((hearing) => !openers.has(hearing));
  return new Map([...opened, ...(await joinOpen(tables, desk, others))]);
}
