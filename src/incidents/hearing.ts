import { isWorse, type Alert } from "../domain/alert.ts";
import { firingOf } from "../domain/alert-identity.ts";
import { given } from "../domain/given.ts";
import type { Incident } from "../domain/incident.ts";
import type { HeardAlert } from "../ports/store.ts";
import type { Joined } from "./look-anew.ts";
import { fingerprintOf, type Opened, type Opening } from "./opening.ts";

/** An alert about a target that was found. */
export type Hearing = Omit<Opening, "severity" | "traits" | "labels" | "alert"> & {
  /** The same key is the same alert, heard again. */
  readonly key: string;
  readonly alert: Joined["alert"] & Partial<Pick<Alert, "threshold" | "refusesWrites" | "startsAtMs">>;
  readonly heardAtMs: number;
  /** Of a post, which may have been edited: when it came to be as it is. Later than its end it fires again. */
  readonly changedAtMs?: number;
};

export type Heard =
  | Opened
  /**
   * Nothing of it is news: this very alert has been counted before, before a crash or by another replica; or its sender's word that
   * it is over has overtaken it.
   */
  | { readonly kind: "heard-already" };

/** The fingerprint of its incident. */
export function ownerOf({ target, problem }: Pick<Hearing, "target" | "problem">): string {
  return fingerprintOf(target, problem);
}

/** The first of the worst; of at least one. */
export function worstOf(hearings: readonly Hearing[]): Hearing {
  return hearings.reduce((worse, one) => (isWorse(one.alert.severity, worse.alert.severity) ? one : worse));
}

/** As it is counted on its incident. */
export function countedAs({ key, alert, heardAtMs: atMs }: Hearing, incident: Incident): HeardAlert {
  const { source, class: kind, severity } = alert;
  return { key, incidentId: incident.id, atMs, source, class: kind, severity, ...given({ fires: firingOf(alert) }) };
}
