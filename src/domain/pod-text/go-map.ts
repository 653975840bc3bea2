const FIELDS = "containerID|exitCode|finishedAt|message|reason|signal|startedAt";
const STATE = /\bterminated:map\[([^[\]]{1,4000})\]/;
const FIELD = new RegExp(String.raw`(?:^|\s)(${FIELDS}):(.*?)(?=\s(?:${FIELDS}):|$)`, "g");

/** A state as `-o jsonpath` and templates of kubectl before 1.17 print it, `map[terminated:map[exitCode:137 ...]]`, as JSON. */
export function stateOfGoMap(text: string): string | undefined {
  const inside = STATE.exec(text)?.[1];
  if (inside === undefined) return undefined;
  const fields = [...inside.matchAll(FIELD)].map(([, key = "", value = ""]) => [key, /^\d+$/.test(value) ? Number(value) : value]);
  return JSON.stringify({ terminated: Object.fromEntries(fields) as unknown });
}
