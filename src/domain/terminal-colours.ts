// Colours, the rest of a line that is erased with them, modes of a prompt and titles. What moves the cursor or clears the screen stays: in a
// name that is an attack, and is to be seen.
// oxlint-disable-next-line no-control-regex -- what terminals are told begins with one
const ANSI = /\u001B(?:\[[0-9;?]*[hKlm]|\][^\u0007\u001B]{0,200}\u0007)/g;

/** A text without the colours and titles that a terminal was told in it. Linear. */
export function withoutColours(text: string): string {
  return text.replaceAll(ANSI, "");
}
