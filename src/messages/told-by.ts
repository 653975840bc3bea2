import type { AlertSource } from "../domain/alert.ts";

/** Who has said it, where no post stands above that shows it. */
export function toldBy(source: AlertSource): string {
  if (source === "generic") return "Told by another monitor.";
  return source === "text" ? "Told by a post." : `Told by ${source}.`;
}
