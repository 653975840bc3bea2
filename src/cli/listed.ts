/** A titled list for a terminal; nothing where there is nothing to list. */
export function listed(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : [`${title}:`, ...lines.map((line) => `  - ${line}`)].join("\n");
}
