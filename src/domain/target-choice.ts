import { ALERT_CLASSES, type AlertClass } from "./alert.ts";
import { formatTarget, type Target } from "./target.ts";

/** What a button or a list entry sends back for a target: its name, and of a workload the kind of alert that it is offered for. */
export function choiceOf(target: Target, alertClass?: AlertClass): string {
  const name = formatTarget(target);
  return target.kind === "workload" && alertClass !== undefined ? `${name} ${alertClass}` : name;
}

/** Nothing of it is trusted: the name is yet to be looked up, and a kind that there is not is none. */
export function readChoice(value: string): { readonly name: string; readonly alertClass?: AlertClass } {
  const [, name = value, kind] = /^(\S+) ([a-z_]{1,40})$/.exec(value) ?? [];
  const alertClass = ALERT_CLASSES.find((one) => one === kind);
  return alertClass === undefined ? { name: value } : { name, alertClass };
}
