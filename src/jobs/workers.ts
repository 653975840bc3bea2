import type { SentAlerts } from "../domain/alert.ts";
import type { Inbound } from "../ports/inbound.ts";
import type { JobHandlers, JobOutcome, JobPast, JobPayloads } from "../ports/job-queue.ts";
import { checkUp } from "../incidents/check-up.ts";
import { act, type ActDeps } from "./act.ts";
import { callForHelp } from "./call-for-help.ts";
import { deliver, type DeliverDeps } from "./deliver.ts";
import { endQuietHours } from "./end-quiet-hours.ts";
import { escalate } from "./escalate.ts";
import type { EscalateDeps } from "./escalation-deps.ts";
import { investigate, type InvestigateDeps } from "./investigate.ts";
import { readPayload } from "./schema.ts";
import { sweep, type SweepDeps } from "./sweep.ts";

export type HandlerDeps = ActDeps &
  DeliverDeps &
  EscalateDeps &
  InvestigateDeps &
  SweepDeps & {
    /** What becomes of what came in from the chat. */
    receive(inbound: Inbound, past: Pick<JobPast, "tries">): Promise<void>;
    /** What becomes of an alert that came by a webhook. */
    onAlerts(sent: SentAlerts): Promise<void>;
    readonly watch: WatchHandlers;
  };

/** What the watch does with its jobs. */
export type WatchHandlers = {
  look(signal: AbortSignal): Promise<void>;
  onEvent(what: JobPayloads["watch-event"]): Promise<void>;
  report(period: "week" | "month"): Promise<void>;
};

const DONE: JobOutcome = { kind: "done" };

/** One handler per kind of job. Payloads are checked on the way in. */
export function createHandlers(deps: HandlerDeps): JobHandlers {
  return {
    async receive(payload, _signal, past) {
      await deps.receive(readPayload("receive", payload).inbound, past);
      return DONE;
    },
    async alert(payload) {
      await deps.onAlerts(readPayload("alert", payload).sent);
      return DONE;
    },
    investigate: async (payload, signal, { lost }) =>
      investigate(deps, readPayload("investigate", payload).investigationId, { signal, lost }),
    act: async (payload, signal) => act(deps, readPayload("act", payload).requestId, signal),
    deliver: async (payload, signal) => deliver(deps, readPayload("deliver", payload).deliveryId, signal),
    escalate: async (payload, signal) => escalate(deps, readPayload("escalate", payload).escalationId, signal),
    async watch(payload, signal) {
      readPayload("watch", payload);
      await deps.watch.look(signal);
      return DONE;
    },
    async "watch-event"(payload) {
      await deps.watch.onEvent(readPayload("watch-event", payload));
      return DONE;
    },
    async report(payload) {
      await deps.watch.report(readPayload("report", payload).period);
      return DONE;
    },
    sweep: async (payload) => {
      readPayload("sweep", payload);
      deps.desk.metrics.left("unattended-incidents", await callForHelp(deps));
      deps.desk.metrics.left("quiet-hours", await endQuietHours(deps.desk));
      deps.desk.metrics.left("check-ups", await checkUp(deps.desk));
      return sweep(deps);
    },
  };
}
