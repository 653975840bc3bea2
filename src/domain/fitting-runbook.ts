import type { AlertClass } from "./alert.ts";
import type { TargetKind } from "./target.ts";

/** As far as choosing among runbooks goes. */
export type ForTargets = {
  readonly targetKind: TargetKind;
  /** The classes of alerts that begin with it. Absent: it is what its kind of target gets otherwise. */
  readonly classes?: readonly AlertClass[];
};

/** The runbook that a target gets: the one for the class of alert, where there is one, else the one for its kind. */
export function fittingRunbook<One extends ForTargets>(
  runbooks: readonly One[],
  kind: TargetKind,
  alertClass?: AlertClass,
): One | undefined {
  const fitting = runbooks.filter(({ targetKind }) => targetKind === kind);
  const special = alertClass === undefined ? undefined : fitting.find(({ classes }) => classes?.includes(alertClass));
  return special ?? fitting.find(({ classes }) => classes === undefined);
}
