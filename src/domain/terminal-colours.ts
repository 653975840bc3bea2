// oxlint-disable-next-line no-control-regex -- colours of a terminal begin with one
const ANSI = /\u001B(?:\[[0-9;?]*[A-Za-z]|\][^\u0007\u001B]{0,200}\u0007)/g;

/** A text without what terminals take for colours, cursor moves and titles. Linear. */
export function withoutColours(text: string): string {
  return text.replaceAll(ANSI, "");
}
