import { given } from "../domain/given.ts";
import { isGraveKill, labelsOf, severityOf, type Noise } from "../domain/silence.ts";
import { commit } from "../incidents/commit.ts";
import { hushOf, hushWithin } from "../incidents/hush.ts";
import type { Victim } from "./find-victim.ts";
import type { Front } from "./front.ts";
import { startOf } from "./investigate.ts";
import type { Reply } from "./say.ts";
import type { TakenAlert } from "./taken-alert.ts";

export type Hearsay = {
  readonly victim: Victim;
  /** Where it would be told. */
  readonly place: Pick<Reply, "channel">;
  /** It may be about something else than memory: not even counted when nothing is told. */
  readonly isUnsure: boolean;
};

/**
 * Does somebody want quiet about an alert, or is it the time for that? Then it is counted, and true: nothing of it is told. Of
 * targets that could all be meant each must be covered.
 */
export async function isHushed(front: Front, taken: TakenAlert, { victim, place, isUnsure }: Hearsay): Promise<boolean> {
  const { desk } = front;
  const { alert, key, heardAtMs, changedAtMs } = taken;
  if (victim.kind === "none" && victim.because === undefined) return false; // nothing would be told anyway
  const noises = noisesOf(front, taken, { victim, place });
  let by: string | undefined;
  for (const noise of noises) {
    by = await hushOf(desk.store, desk, noise);
    if (by === undefined) return false;
  }
  const [noise] = noises;
  if (by === undefined || noise === undefined) return false;
  if (isUnsure) return true;
  const { target, problem, isKill, channel, severity } = noise;
  const about = victim.kind === "found" && target !== undefined && problem !== undefined ? { target, problem } : {};
  const hushed = {
    ...about,
    by,
    key,
    channel,
    severity,
    isKill,
    source: alert.source,
    class: alert.class,
    says: alert.says,
    atMs: heardAtMs,
  };
  await commit(desk, (tables) => hushWithin(tables, { ...hushed, alert, ...given({ changedAtMs }) }));
  return true;
}

/** One for each target that may be meant; one without a target where none is known. */
function noisesOf(front: Front, { alert }: TakenAlert, { victim, place }: Pick<Hearsay, "victim" | "place">): readonly Noise[] {
  const { channel } = place;
  const heard = { channel, labels: labelsOf(alert), severity: severityOf(alert), isKill: isGraveKill(alert) };
  if (victim.kind === "none") return [heard];
  const targets = victim.kind === "found" ? [victim.target] : victim.targets;
  return targets.map((target) => ({ ...heard, target, ...given({ problem: startOf(front, target, alert.class)?.problem }) }));
}
