import { parse } from "yaml";
import { typedBytes } from "../../domain/bytes.ts";

export type Style = "PLAIN" | "QUOTE_SINGLE" | "QUOTE_DOUBLE";

// Taken for yes and no by readers of YAML 1.1, which older Composes are.
const OLD_BOOLEANS = /^(y|n|yes|no|on|off|true|false|null|~)$/i;

/** A string as a scalar, in the style that stands there if it can carry it. `$` is doubled: Compose would take it for a variable. */
export function writeScalar(value: string, style: Style, kind: "value" | "entry" | "flow" = "value"): string {
  const text = value.replaceAll("$", "$$$$");
  if (style === "PLAIN" && isPlain(text, kind)) return text;
  if (style === "QUOTE_SINGLE" && !/[\p{Cc}]/u.test(text)) return `'${text.replaceAll("'", "''")}'`;
  return JSON.stringify(text);
}

/** Read back as the same text, or as the same whole number, by any reader. */
function isPlain(text: string, kind: "value" | "entry" | "flow"): boolean {
  if (text === "" || text.trim() !== text || OLD_BOOLEANS.test(text) || /[\p{Cc}]|: |:$| #|^[-?:,[\]{}#&*!|>'"%@`=]/u.test(text))
    return false;
  if (kind === "flow" && /[,[\]{}]/.test(text)) return false;
  if (/^(0|[1-9]\d{0,14})$/.test(text)) return kind !== "entry";
  if (/^[\d.+-]/.test(text) && kind !== "entry" && /^[\d.:eExXo_+-]+$/.test(text)) return false;
  return parse(text) === text;
}

/** 4 GiB as `4G` where `2G` stands, as `4096m` where `2048m` does; else in the largest unit that it is whole in. */
export function writeSize(bytes: number, old: string | undefined): string {
  const suffix = /^\s*[\d.]+\s*([a-z]+)\s*$/i.exec(old ?? "")?.[1] ?? "";
  const factor = FACTORS[suffix.toLowerCase().replace(/i?b$/, "")];
  if (suffix !== "" && factor !== undefined && bytes % factor === 0) return `${bytes / factor}${suffix}`;
  const isUpper = suffix !== "" && suffix === suffix.toUpperCase();
  return isUpper ? typedBytes(bytes).toUpperCase() : typedBytes(bytes);
}

const FACTORS: Readonly<Record<string, number>> = { k: 1024, m: 1024 ** 2, g: 1024 ** 3 };
