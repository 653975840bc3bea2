import { ALERT_CLASSES, type AlertClass } from "./alert.ts";
import { formatTarget, type Target } from "./target.ts";

/** For what a target is offered: the kind of alert, and the stray that it may be. */
export type ChosenFor = { readonly alertClass?: AlertClass; readonly strayId?: string };

/** What a button or a list entry sends back for a target: its name, of a workload the kind of alert, and the stray that it answers. */
export function choiceOf(target: Target, { alertClass, strayId }: ChosenFor = {}): string {
  const kind = target.kind === "workload" && alertClass !== undefined ? [alertClass] : [];
  return [formatTarget(target), ...kind, ...(strayId === undefined ? [] : [strayId])].join(" ");
}

/** Nothing of it is trusted: the name is yet to be looked up, as is the stray, and a kind that there is not is none. */
export function readChoice(value: string): ChosenFor & { readonly name: string } {
  const [, name = value, kind, strayId] = /^(\S+?)(?: ([a-z_]{1,40}))??(?: (str_[a-z0-9]{1,20}))?$/.exec(value) ?? [];
  const alertClass = ALERT_CLASSES.find((one) => one === kind);
  if (kind !== undefined && alertClass === undefined) return { name: value };
  return { name, ...(alertClass === undefined ? {} : { alertClass }), ...(strayId === undefined ? {} : { strayId }) };
}
