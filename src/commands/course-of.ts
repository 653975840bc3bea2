import type { Alert } from "../domain/alert.ts";

/** What an alert leads to by what it says: `offer` is a quiet one below a post, unless its target shows that it is about memory. */
export type Course = "nothing" | "ended" | "offer" | "thread";

/** What is not about memory leads to nothing; what is over ends its incident, however unsure it was. */
export function courseOf({ memory, status }: Pick<Alert, "memory" | "status">): Course {
  if (memory === "no") return "nothing";
  if (status === "resolved") return "ended";
  return memory === "unsure" ? "offer" : "thread";
}
