import { createHash } from "node:crypto";
import type { Desk } from "../incidents/desk.ts";
import type { TakeSent } from "../ports/webhook.ts";
import type { Judge } from "./judge.ts";
import type { Sender } from "./senders/sender.ts";

// Senders repeat what was not answered in time within seconds; what says the same minutes later says it anew.
const SAME_WITHIN_MS = 2 * 60_000;

/** Takes what a sender's webhook sends: what is or may be about memory is queued under one id, so that a repeat is dropped. */
export function createTaker(
  { source, readSent }: Required<Pick<Sender, "source" | "readSent">>,
  { queue, clock, metrics, judge }: Pick<Desk, "queue" | "clock" | "metrics"> & { readonly judge: Judge },
): TakeSent {
  return async (body) => {
    const sent = readSent(body);
    if (sent.kind === "unfit") return sent;
    metrics.received("alert");
    const receivedAtMs = clock.nowMs();
    const id = sent.id ?? `${digest(JSON.stringify(body))}.${Math.floor(receivedAtMs / SAME_WITHIN_MS)}`;
    const alerts = sent.facts.map((facts) => judge(facts, source)).filter(({ memory }) => memory !== "no");
    if (alerts.length === 0) return { kind: "ignored", id, because: "none of its alerts is about memory" };
    await queue.add("alert", { sent: { id: `${source}/${id}`, receivedAtMs, alerts } }, { id: `${source}_${digest(id)}` });
    return { kind: "queued", id };
  };
}

/** Of characters that a queue takes. */
function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 40);
}
