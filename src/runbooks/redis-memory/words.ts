/** `0.973` → `97%`, `0.9973` → `99.7%`: near the ends one decimal more, so that almost all is not read as all. */
export function percent(share: number): string {
  const value = share * 100;
  const nearAnEnd = (value > 99 && value < 99.95) || (value >= 0.05 && value < 1);
  return `${nearAnEnd ? value.toFixed(1) : Math.round(value)}%`;
}

/** Text from outside made fit for one line: control characters shown as such, cut at `length` characters. */
export function oneLine(text: string, length = 80): string {
  const shown = text.replaceAll(/\p{C}/gu, (character) => `\\x${(character.codePointAt(0) ?? 0).toString(16).padStart(2, "0")}`);
  return shown.length <= length ? shown : `${shown.slice(0, length - 1)}…`;
}
