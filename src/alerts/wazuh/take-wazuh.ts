import { createHash } from "node:crypto";
import type { Desk } from "../../incidents/desk.ts";
import type { TakeSent } from "../../ports/webhook.ts";
import { readWazuhAlert } from "./read-wazuh-alert.ts";
import { parseWazuhAlert } from "./schema.ts";

/** Takes what Wazuh's integration sends: an alert about memory is queued, under its own id, so that a repeat is dropped. */
export function createWazuhTaker({ queue, clock, metrics }: Pick<Desk, "queue" | "clock" | "metrics">): TakeSent {
  return async (body) => {
    const parsed = parseWazuhAlert(body);
    if (parsed.kind === "unfit") return parsed;
    metrics.received("alert");
    const { id, rule } = parsed.alert;
    const reading = readWazuhAlert(parsed.alert);
    if (reading.kind === "not-about-memory")
      return { kind: "ignored", id, because: `rule ${rule.id} with this log line is not about memory that ran short` };
    await queue.add("alert", { alert: { id, receivedAtMs: clock.nowMs(), reading } }, { id: jobIdOf(id) });
    return { kind: "queued", id };
  };
}

/** The same alert gives the same id, of characters that a queue takes. */
function jobIdOf(id: string): string {
  return `wazuh_${createHash("sha256").update(id).digest("hex").slice(0, 40)}`;
}
