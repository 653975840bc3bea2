import { createHash } from "node:crypto";
import type { Alert, AlertFacts } from "../domain/alert.ts";
import { given } from "../domain/given.ts";
import type { AddOutcome } from "../ports/job-queue.ts";
import type { Metrics } from "../ports/metrics.ts";
import type { Desk } from "../incidents/desk.ts";
import type { LogFields } from "../ports/log.ts";
import type { TakeSent } from "../ports/webhook.ts";
import { judgeInTurns, type Judge } from "./judge.ts";
import type { Sender, Sent } from "./senders/sender.ts";

// Senders repeat what was not answered in time within seconds; what says the same minutes later says it anew.
const SAME_WITHIN_MS = 2 * 60_000;
// A job each: a group of thousands is worked on by several workers, and keeps nothing else waiting.
const PART = 50;

/**
 * Takes what a sender's webhook sends: what is or may be about memory is queued, in parts of 50, so that a repeat is dropped.
 * A repeat has the sender's own id, or, where it has none, the same content: within two minutes after the first, or however
 * late where no two messages of the sender are alike.
 */
export function createTaker(
  { source, readSent, isSentOnce = false }: Required<Pick<Sender, "source" | "readSent">> & Pick<Sender, "isSentOnce">,
  {
    queue,
    clock,
    metrics,
    log,
    judge,
  }: Pick<Desk, "queue" | "clock" | "log"> & { readonly judge: Judge; readonly metrics: Pick<Metrics, "received"> },
): TakeSent {
  return async (body, contentDigest) => {
    const sent = readSent(body);
    if (sent.kind === "unfit") return sent;
    metrics.received("alert");
    const receivedAtMs = clock.nowMs();
    const { id, key, sameWithinMs } = identityOf(sent, { contentDigest, receivedAtMs, isSentOnce });
    const { leftOut } = sent;
    if (leftOut !== undefined) log.warn({ source, leftOut }, "a sender's message held more alerts than were taken of it");
    const outcomes = new Set<AddOutcome>();
    for (const [number, part] of partsOf(sent.facts).entries()) {
      const judged = await judgeInTurns(judge, part, source);
      const alerts = judged.filter(({ memory }) => memory !== "no");
      if (alerts.length < judged.length) log.debug({ source, id, ...othersIn(judged) }, "alerts of a sender are not about memory");
      const isTold = number === 0 && leftOut !== undefined;
      if (alerts.length === 0 && !isTold) continue;
      const suffix = number === 0 ? "" : `_${number}`;
      const payload = { id: `${source}/${id}${suffix}`, receivedAtMs, alerts, ...(isTold ? { leftOut } : {}) };
      const options = { id: `${source}_${digest(key)}${suffix}`, ...given({ sameWithinMs, priority: priorityOf(alerts) }) };
      outcomes.add(await queue.add("alert", { sent: payload }, options));
    }
    if (outcomes.has("added")) return { kind: "queued", id, ...given({ leftOut }) };
    if (outcomes.has("known")) return { kind: "known", id };
    return { kind: "ignored", id, because: sent.facts.length === 0 ? "it holds no alert" : "none of its alerts is about memory" };
  };
}

/** For who wonders why nothing came of an alert: how many, and of the first few which rule decided. */
function othersIn(judged: readonly Alert[]): LogFields {
  const others = judged.filter(({ memory }) => memory === "no");
  return { count: others.length, alerts: others.slice(0, MOST_LOGGED).map(({ says, rule }) => ({ says, rule })) };
}

const MOST_LOGGED = 5;

/** What is critical goes before all others, whatever waits. */
function priorityOf(alerts: readonly Alert[]): number | undefined {
  return alerts.some(({ severity, status }) => severity === "critical" && status === "firing") ? undefined : LESS_URGENT;
}

const LESS_URGENT = 2;

/** At least one, so that what was left out can be told. */
function partsOf(facts: readonly AlertFacts[]): readonly (readonly AlertFacts[])[] {
  return Array.from({ length: Math.max(1, Math.ceil(facts.length / PART)) }, (_, index) => facts.slice(index * PART, (index + 1) * PART));
}

type Received = { readonly contentDigest: string; readonly receivedAtMs: number; readonly isSentOnce: boolean };
type Identity = { readonly id: string; readonly key: string; readonly sameWithinMs?: number };

/** `id`: of this message, `key`: of all that are this message sent again. */
function identityOf(sent: Extract<Sent, { kind: "facts" }>, { contentDigest, receivedAtMs, isSentOnce }: Received): Identity {
  if (sent.id !== undefined) return { id: sent.id, key: sent.id };
  const content = contentDigest.slice(0, 40);
  if (isSentOnce) return { id: content, key: content };
  return { id: `${content}.${receivedAtMs}`, key: content, sameWithinMs: SAME_WITHIN_MS };
}

/** Of characters that a queue takes. */
function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 40);
}
