import { isRecord } from "../alerts/senders/loose-schema.ts";

const MOST_CHARACTERS = 2 ** 20;

/**
 * JSON as people copy it: between Markdown's fences, as a string of JSON, in what an API answers around it. Undefined: it is
 * none, or too long. Sources: Prometheus, "HTTP API" (/api/v1/alerts); Alertmanager's API v2 (/alerts/groups).
 */
export function jsonOf(text: string): object | undefined {
  const bare = withoutFence(text);
  if (bare.length > MOST_CHARACTERS || !/^\s*[[{"]/.test(bare)) return undefined;
  const value = parsed(bare);
  const said = typeof value === "string" && /^\s*[[{]/.test(value) ? parsed(value) : value;
  return typeof said === "object" && said !== null ? unwrapped(said) : undefined;
}

/** Is it JSON, whole or broken? */
export function beginsAsJson(text: string): boolean {
  return /^\s*(?:\{\s*["}]|\[\s*[{["]|"\s*\{)/.test(withoutFence(text));
}

function withoutFence(text: string): string {
  return /^\s*```\w*[^\S\n]*\n/.test(text)
    ? text
        .trim()
        .replace(/^```.*\n/, "")
        .replace(/```$/, "")
    : text;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unwrapped(value: object): object {
  if (Array.isArray(value)) return inGroups(value) ?? value;
  const data = isRecord(value) && value["status"] === "success" ? value["data"] : undefined;
  return isRecord(data) ? { alerts: rulesOf(data).flatMap(fired) } : value;
}

function inGroups(list: readonly unknown[]): readonly unknown[] | undefined {
  return list.length > 0 && list.every(isGroup) ? list.flatMap(({ alerts }) => alerts) : undefined;
}

function isGroup(value: unknown): value is { readonly alerts: readonly unknown[] } {
  return isRecord(value) && isRecord(value["labels"]) && Array.isArray(value["alerts"]);
}

function rulesOf(data: Readonly<Record<string, unknown>>): readonly unknown[] {
  return Array.isArray(data["alerts"]) ? data["alerts"] : [];
}

/** What is pending has told nobody yet. */
function fired(alert: unknown): readonly unknown[] {
  return isRecord(alert) && alert["state"] === "firing" ? [{ ...alert, startsAt: alert["activeAt"] }] : [];
}
