const SECONDS_UNTIL = 1e11;
const MOST_MS = 8.64e15;

/** Milliseconds since 1970 of a number: seconds (with a fraction) or milliseconds. Undefined: it is none. */
export function timeOfNumber(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{9,16}(?:\.\d{1,9})?$/.test(text)) return undefined;
  const number = Number(text);
  const ms = Math.round(number < SECONDS_UNTIL ? number * 1000 : number);
  return ms <= MOST_MS ? ms : undefined;
}
