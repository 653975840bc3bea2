import type { Severity } from "../../../domain/alert.ts";
import { severityOf } from "../../facts.ts";

/** Of a monitor's priority, `P1` to `P5`; at its lower threshold, of warnings, it is no more than a warning. Null: it has none. */
export function severityOfMonitor(priority: string | undefined, isWarning: boolean): Severity | null {
  const severity = severityOf(priority);
  return isWarning && severity === "critical" ? "warning" : severity;
}
