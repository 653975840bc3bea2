/**
 * Text whose characters are the bytes of UTF-8 (a log is searched as bytes, which is faster) → the text they mean.
 * Anything else is returned as it came.
 */
export function textOfBytes(bytes: string): string {
  if (!/[\u0080-\u00ff]/.test(bytes) || /[\u0100-\uffff]/.test(bytes)) return bytes;
  const escaped = bytes.replaceAll(/[%\u0080-\u00ff]/g, (character) => `%${character.codePointAt(0)?.toString(16) ?? ""}`);
  try {
    return decodeURIComponent(escaped);
  } catch {
    return bytes; // another encoding
  }
}
