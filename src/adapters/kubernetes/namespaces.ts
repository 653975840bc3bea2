import { fitsPattern } from "../../domain/name-pattern.ts";
import { OomphError } from "../../domain/errors.ts";
import type { KubernetesConnectionSettings, NamespaceRules } from "./settings.ts";

/** Is a namespace allowed by the configuration? */
export function allowsNamespace({ allowed, denied }: NamespaceRules, namespace: string): boolean {
  const fits = (pattern: string): boolean => fitsPattern(pattern, namespace);
  return !denied.some(fits) && (allowed.length === 0 || allowed.some(fits));
}

/** Throws `no-rights` for a namespace that the configuration does not allow. */
export function assertAllowed({ name, namespaces }: KubernetesConnectionSettings, namespace: string): void {
  if (allowsNamespace(namespaces, namespace)) return;
  const { allowed } = namespaces;
  const which = allowed.length === 0 ? "all but the denied ones" : allowed.join(", ");
  throw new OomphError(
    "no-rights",
    `Namespace ${JSON.stringify(namespace)} of cluster ${name} is not allowed by Oomph's configuration. Allowed are ${which}.`,
  );
}

/** What is listed: the whole cluster (undefined), or each namespace by itself where all are named. */
export function scopesOf({ allowed, denied }: NamespaceRules): readonly (string | undefined)[] {
  if (allowed.length === 0 || allowed.some((pattern) => pattern.endsWith("*"))) return [undefined];
  return allowed.filter((namespace) => allowsNamespace({ allowed, denied }, namespace));
}
