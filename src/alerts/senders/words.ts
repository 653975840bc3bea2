/** Text of what a sender says in several places: each once, in order, one below the other. */
export function linesOf(parts: readonly (string | undefined)[]): string {
  const lines = parts.flatMap((part) => part?.trim() ?? []).filter((part) => part !== "");
  return [...new Set(lines)].join("\n");
}

/** `env:prod,pod_name:web-1` as names with values. A tag without a value, and a name that was there before, are left out. */
export function tagsIn(tags: readonly string[]): Readonly<Record<string, string>> {
  const found = new Map<string, string>();
  for (const tag of tags) {
    const colon = tag.indexOf(":");
    const [name, value] = [tag.slice(0, colon).trim(), tag.slice(colon + 1).trim()];
    if (colon > 0 && value !== "" && name !== "__proto__" && !found.has(name)) found.set(name, value);
  }
  return Object.fromEntries(found);
}
