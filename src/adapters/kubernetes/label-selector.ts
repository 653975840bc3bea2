import type { LabelSelector } from "./schema.ts";

/** As kubectl takes it: `app=web,tier in (a,b),!canary`. Undefined for one that selects nothing. */
export function formatSelector(selector: LabelSelector): string | undefined {
  const labels = Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  const expressions = (selector?.matchExpressions ?? []).flatMap(({ key, operator, values }) => {
    if (key === undefined) return [];
    switch (operator ?? "") {
      case "In":
        return [`${key} in (${values.join(",")})`];
      case "NotIn":
        return [`${key} notin (${values.join(",")})`];
      case "Exists":
        return [key];
      case "DoesNotExist":
        return [`!${key}`];
      default:
        return [];
    }
  });
  const all = [...labels, ...expressions];
  return all.length === 0 ? undefined : all.join(",");
}

/** Does it select a pod with these labels? An empty one selects all, none at all selects nothing. */
export function matchesSelector(selector: LabelSelector, labels: Readonly<Record<string, string>>): boolean {
  if (selector === undefined) return false;
  const hasLabels = Object.entries(selector.matchLabels).every(([key, value]) => labels[key] === value);
  return hasLabels && selector.matchExpressions.every((expression) => matchesExpression(expression, labels));
}

function matchesExpression(
  { key = "", operator = "", values }: NonNullable<LabelSelector>["matchExpressions"][number],
  labels: Readonly<Record<string, string>>,
): boolean {
  const value = labels[key];
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    default:
      return false;
  }
}
