import { isRecord, WordList, Words } from "../loose-schema.ts";

/*
 * What Datadog's webhooks integration posts: an object that its user writes, of variables such as $EVENT_TITLE. Its default,
 * and what docs/alerts.md proposes, are known; so is any that names its fields after the variables. Source: Datadog, "Webhooks".
 */

/** Fields by their name in lower case. What Datadog had no value for stays as the variable's name, and is left out. */
export type DatadogFields = {
  get(...names: readonly string[]): string | undefined;
  readonly tags: readonly string[];
};

/** Undefined: it is no object. */
export function parseDatadog(body: unknown): DatadogFields | undefined {
  if (!isRecord(body)) return undefined;
  const fields = new Map(
    Object.entries(Words.parse(body))
      .filter(([, value]) => value.trim() !== "" && !/^\$[A-Z_0-9]{1,60}$/.test(value))
      .map(([name, value]) => [name.toLowerCase().replace(/^\$/, ""), value]),
  );
  const { tags } = body;
  return {
    get: (...names) => names.map((name) => fields.get(name)).find((value) => value !== undefined),
    tags: Array.isArray(tags) ? WordList.parse(tags) : (fields.get("tags") ?? "").slice(0, 20_000).split(","),
  };
}
