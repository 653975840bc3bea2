import { OomphError } from "../../domain/errors.ts";

// Control, format and line-breaking characters would be unreadable in a message; a backslash starts an escape.
const UNREADABLE = /[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Zl}\p{Zp}\\]/gu;
// ignoreBOM keeps a leading byte order mark: dropping it would name another key.
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * A key's bytes as text. Readable UTF-8 stays as it is; a backslash becomes `\\`; other bytes become `\xHH`. Two
 * different keys never get the same text, and `decodeKey` gives exactly the bytes back: what was scanned is what is
 * acted on.
 */
export function encodeKey(bytes: Buffer): string {
  const text = decodeUtf8(bytes);
  if (text !== undefined) return escapeUnreadable(text);
  return Array.from(bytes, (byte) => (byte < 0x80 ? escapeUnreadable(String.fromCharCode(byte)) : escapeByte(byte))).join("");
}

/** The bytes of a key written by `encodeKey`. Throws OomphError `bad-input` for a backslash that begins no escape. */
export function decodeKey(text: string): Buffer {
  if (!text.includes("\\")) return Buffer.from(text);
  const parts: Buffer[] = [];
  for (const [part] of text.matchAll(/\\\\|\\x[0-9a-f]{2}|\\|[^\\]+/gi)) {
    parts.push(decodePart(part, text));
  }
  return Buffer.concat(parts);
}

function escapeUnreadable(text: string): string {
  return text.replace(UNREADABLE, (character) => (character === "\\" ? "\\\\" : escapeBytes(Buffer.from(character))));
}

function decodePart(part: string, text: string): Buffer {
  if (part === "\\") {
    throw new OomphError(
      "bad-input",
      `Expected a key name in which a backslash is written \\\\ and any other byte \\xHH; got ${JSON.stringify(text)}.`,
    );
  }
  if (part === "\\\\") return Buffer.from("\\");
  if (part.startsWith("\\")) return Buffer.from(part.slice(2), "hex");
  return Buffer.from(part);
}

function decodeUtf8(bytes: Buffer): string | undefined {
  try {
    return UTF8.decode(bytes);
  } catch {
    return undefined;
  }
}

function escapeBytes(bytes: Buffer): string {
  return Array.from(bytes, escapeByte).join("");
}

function escapeByte(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, "0")}`;
}
