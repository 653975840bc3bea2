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
