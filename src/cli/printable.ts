/** Text with what steers a terminal made visible: the names of keys come from anyone who can write to the Redis. */
export function printable(text: string): string {
  return Array.from(text, (character) => (steers(character) ? `\\x${codeOf(character).toString(16).padStart(2, "0")}` : character)).join(
    "",
  );
}

/** Control characters but the line feed, and those that turn the direction of writing. */
function steers(character: string): boolean {
  const code = codeOf(character);
  const controls = code <= 0x1f || (code >= 0x7f && code <= 0x9f);
  const turns = (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
  return (controls && character !== "\n") || turns;
}

function codeOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}
