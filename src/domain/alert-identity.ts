import type { Alert } from "./alert.ts";

/** What tells an alert from others about the same target. What is absent its sender does not say. */
export type AlertIdentity = {
  readonly name?: string;
  readonly pod?: string;
  readonly container?: string;
  readonly instance?: string;
  /** The label as written: a rule's warning and its critical are two alerts of one name. */
  readonly severity?: string;
};

type Told = Pick<Alert, "source" | "subject" | "labels"> & { readonly name?: string | null };

/** They tell of single events, or in words that nobody takes back: nothing of theirs is ever over by itself. */
const NEVER_OVER: ReadonlySet<Alert["source"]> = new Set(["text", "wazuh", "sentry", "robusta", "botkube", "kube-eventer"]);

/** Undefined: its sender does not say when it is over, so that nobody waits for that. */
export function firingOf(alert: Told): AlertIdentity | undefined {
  return NEVER_OVER.has(alert.source) ? undefined : identityOf(alert);
}

/** The same from a firing alert and from the one that says that it is over, by webhook and by post. */
export function identityOf({ name, subject, labels }: Told): AlertIdentity {
  const said = { name, pod: subject.pod, container: subject.container, instance: labels["instance"], severity: labels["severity"] };
  return Object.fromEntries(
    Object.entries(said).flatMap(([part, value]) => {
      const plain = value?.trim().toLowerCase() ?? "";
      return plain === "" ? [] : [[part, plain]];
    }),
  );
}

/** Does the one say that the other is over? What only one of them names is no difference. */
export function isSameAlert(left: AlertIdentity, right: AlertIdentity): boolean {
  return PARTS.every((part) => left[part] === undefined || right[part] === undefined || left[part] === right[part]);
}

const PARTS = ["name", "pod", "container", "instance", "severity"] as const satisfies readonly (keyof AlertIdentity)[];
