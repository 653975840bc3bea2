/** Does a name fit a pattern? `*` at the end matches the rest: `shop-*`, `redis.*`. */
export function fitsPattern(pattern: string, name: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}
