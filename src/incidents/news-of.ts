import { firingOf } from "../domain/alert-identity.ts";
import type { Tables } from "../ports/store.ts";
import type { Desk } from "./desk.ts";
import { isOverAlready, LATE_MS } from "./ended-alerts.ts";
import { ownerOf, type Hearing } from "./hearing.ts";

/** Within a transaction: those that were not heard before, each once, and that are not over by their sender's later word. */
export async function newsOf(tables: Tables, { clock }: Desk, hearings: readonly Hearing[]): Promise<readonly Hearing[]> {
  const known = await tables.heard.known(hearings.map(({ key }) => key));
  const ended = await tables.ended.of([...new Set(hearings.map(ownerOf))], clock.nowMs() - LATE_MS);
  const isFirst = ({ key }: Hearing, index: number): boolean => hearings.findIndex((other) => other.key === key) === index;
  const isOvertaken = (hearing: Hearing): boolean =>
    !known.has(hearing.key) && firingOf(hearing.alert) !== undefined && isOverAlready(hearing, ended);
  return hearings.filter((hearing, index) => isFirst(hearing, index) && !isKnown(known, hearing) && !isOvertaken(hearing));
}

/** A post that was edited since it was heard may fire again. */
function isKnown(known: ReadonlyMap<string, number | undefined>, { key, changedAtMs = 0 }: Hearing): boolean {
  return known.has(key) && changedAtMs <= (known.get(key) ?? Infinity);
}
