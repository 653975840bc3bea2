import type { Actor } from "../domain/actor.ts";
import { inOneLine, isWorse } from "../domain/alert.ts";
import { given } from "../domain/given.ts";
import type { Incident } from "../domain/incident.ts";
import type { NewLook } from "../domain/new-look.ts";
import type { Tables } from "../ports/store.ts";
import { mindAnew } from "./attention.ts";
import type { Desk } from "./desk.ts";
import { worstOf, type Hearing } from "./hearing.ts";
import { wordsOf } from "./look-anew.ts";
import type { Opened } from "./opening.ts";

type Worsening = { readonly opened: Opened; readonly hearings: readonly Hearing[]; readonly look?: NewLook };

/**
 * Within a transaction: as bad as the worst of the alerts, where that is worse than it was; and what is looked at anew because of
 * them is said.
 */
export async function worsened(tables: Tables, desk: Desk, { opened, hearings, look }: Worsening): Promise<Opened> {
  const { severity: from = null } = opened.incident;
  const worst = worstOf(hearings);
  const { severity: to } = worst.alert;
  const { actor } = worst;
  const isRise = to !== null && isWorse(to, from);
  const incident = isRise ? { ...opened.incident, severity: to } : opened.incident;
  if (isRise) {
    await tables.incidents.setSeverity(incident.id, to);
    if (from !== null || to === "critical") await mindAnew(tables, desk, incident);
    if (incident.stormId !== undefined)
      await tables.storms.setAlert(incident.id, given({ words: wordsOf(worst.alert), claim: worst.claim }));
  }
  if (look !== undefined) await noteLook(tables, desk, { incident, look, actor });
  // The first word on it is no change.
  if (isRise && from !== null) await desk.narrator(tables, { kind: "worse", incident, actor, from, to, ...given({ look }) });
  else if (look !== undefined) await desk.narrator(tables, { kind: "looked-at-anew", incident, actor, look });
  return { ...opened, incident };
}

type Looking = { readonly incident: Incident; readonly look: NewLook; readonly actor: Actor };

async function noteLook({ incidents }: Tables, { clock }: Desk, { incident, look, actor }: Looking): Promise<void> {
  await incidents.note({ incidentId: incident.id, atMs: clock.nowMs(), actor, says: `Looked at anew: ${inOneLine(look.alert)}` });
}
