/** How a key stands in a body: a comment in HTML, which GitHub does not show. */
export function marked(key: string, text: string): string {
  return `${text.trimEnd()}\n\n${markOf(key)}\n`;
}

/** Text from outside cannot forge this: its `<` is escaped. */
export function carries(body: string | null | undefined, key: string): boolean {
  return (body ?? "").includes(markOf(key));
}

function markOf(key: string): string {
  return `<!-- oomph:${key} -->`;
}
