import type { Alert } from "../../src/domain/alert.ts";

/** What the end of an alert is known by, where it does not matter of which. */
export const OVER: Pick<Alert, "source" | "name" | "subject" | "labels" | "memory"> = {
  source: "alertmanager",
  name: "MemoryHigh",
  memory: "yes",
  labels: {},
  subject: { about: "unknown", names: [], hosts: [] },
};
