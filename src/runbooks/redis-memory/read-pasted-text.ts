import { isKnownField, keepKnown, readInfo, type InfoReading } from "./read-info.ts";
import type { Fields } from "./schema.ts";

export type PastedText =
  | {
      readonly kind: "read";
      /** Undefined: no field of INFO in it. */
      readonly info: InfoReading | undefined;
      /** It holds Redis's error for writes beyond maxmemory. */
      readonly refusal: boolean;
    }
  | { readonly kind: "unknown"; readonly because: string };

// Redis's own words (server.c, script.c), as logs carry them: quotes curled, escaped or left out, ">" as an entity.
// Clients put what they like in front, and redis-py takes "OOM" away.
const REFUSAL =
  /(?:command not allowed|can not run it)\s+when used memory\s*(?:>|&gt;|\\u003e)\s*\\*(?:["'`‘’]|&(?:#0?39|#x27|apos|quot);)?\s*maxmemory/i;

// A field of INFO wherever it stands in a line: behind a prompt, a quote, or what `docker compose logs` writes before it.
const FIELD = /(?:^|[\s|>"'`])([a-z][a-z0-9_]*|errorstat_[A-Z]+)["']?\s*:\s*["']?(\d[\d.]*\s*[kmgt]?i?b?\b|[^\s"'`\\]+)/gi;

// The same as a table of two columns, as dashboards and tools print it.
const ROW = /^[\s|]*`?([a-z][a-z0-9_]*|errorstat_[A-Z]+)`?(?:\s*[=|]\s*|\s{2,}|\t)`?([^\s`|]+)`?[\s|]*$/;

// Without one of these a text that happens to hold "role: master" is no INFO.
const TELLTALE =
  /^(used_memory|used_memory_human|maxmemory|maxmemory_human|maxmemory_policy|redis_version|valkey_version|redict_version|db\d+|mem_clients_normal|errorstat_OOM|mem_fragmentation_ratio)$/;

/** Finds INFO, CONFIG GET maxmemory and the OOM error in a text of any kind. Pure. */
export function readPastedText(text: string): PastedText {
  const fields = fieldsIn(text);
  const hasInfo = Object.keys(fields).some((name) => TELLTALE.test(name));
  const refusal = REFUSAL.test(text);
  if (hasInfo || refusal) return { kind: "read", info: hasInfo ? readInfo(fields) : undefined, refusal };
  const got = text.trim() === "" ? "nothing" : `${text.length} characters without either`;
  return {
    kind: "unknown",
    because: `Expected the output of \`redis-cli INFO\` (or a part of it with used_memory and maxmemory), or a log with "OOM command not allowed when used memory > 'maxmemory'"; got ${got}.`,
  };
}

function fieldsIn(text: string): Fields {
  const lines = text
    .replaceAll(String.raw`\r\n`, "\n")
    .replaceAll(String.raw`\n`, "\n")
    .split(/\r\n|\r|\n/);
  const found: Record<string, string> = {};
  for (const line of lines) {
    const row = ROW.exec(line);
    for (const [, name, value] of row !== null && isKnownField(row[1] ?? "") ? [row] : line.matchAll(FIELD)) {
      // The first of several, as when two servers are pasted below each other: they must not be mixed.
      if (name !== undefined && value !== undefined && (isKnownField(name) || name.startsWith("cmdstat_"))) found[name] ??= value.trim();
    }
  }
  const { rejected_calls: rejected, ...kept } = keepKnown(found);
  const counted = Object.keys(found).some((name) => name.startsWith("cmdstat_")) && rejected !== undefined;
  return { ...configIn(lines), ...kept, ...(counted ? { rejected_calls: rejected } : {}) };
}

/** CONFIG GET writes a name on one line and its value on the next, numbered and quoted on a terminal. */
function configIn(lines: readonly string[]): Fields {
  const plain = lines.map((line) =>
    line
      .trim()
      .replace(/^\d+\)\s*/, "")
      .replaceAll('"', ""),
  );
  const valueAfter = (name: string, shape: RegExp): string | undefined => {
    const value = plain[plain.indexOf(name) + 1];
    return plain.includes(name) && value !== undefined && shape.test(value) ? value : undefined;
  };
  const maxmemory = valueAfter("maxmemory", /^\d+$/);
  const policy = valueAfter("maxmemory-policy", /^(noeviction|(allkeys|volatile)-[a-z]+)$/);
  return { ...(maxmemory === undefined ? {} : { maxmemory }), ...(policy === undefined ? {} : { maxmemory_policy: policy }) };
}
