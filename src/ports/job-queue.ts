import type { SentAlerts } from "../domain/alert.ts";
import type { ClusterKill } from "../domain/watch.ts";
import type { ContainerEvent } from "./containers.ts";
import type { Inbound } from "./inbound.ts";

/** The jobs that there are, each with what it is told. Everything else is read from the store. */
export type JobPayloads = {
  /** Something came in from the chat. */
  readonly receive: { readonly inbound: Inbound };
  /** An alert came by a webhook. */
  readonly alert: { readonly sent: SentAlerts };
  readonly investigate: { readonly investigationId: string };
  readonly act: { readonly requestId: string };
  readonly deliver: { readonly deliveryId: string };
  /** An issue or a mail. */
  readonly escalate: { readonly escalationId: string };
  /** One look of the watch at everything. */
  readonly watch: Readonly<Record<string, never>>;
  /** Something happened to a container of a Docker host, or was killed in a cluster. */
  readonly "watch-event":
    | { readonly connection: string; readonly event: ContainerEvent }
    | { readonly cluster: string; readonly kill: ClusterKill };
  /** A report of the watch, for the week or the month before. */
  readonly report: { readonly period: "week" | "month" };
  readonly sweep: Readonly<Record<string, never>>;
};

export type JobName = keyof JobPayloads;

export type AddOptions = {
  /** The same id while the first is waiting, running or kept (receive: an hour, alert: a day) is dropped. No `:` and not all digits. */
  readonly id: string;
  /** Only within so long after the first: what has the same id later is another job. */
  readonly sameWithinMs?: number;
  readonly delayMs?: number;
  /** 1 is the most urgent; absent goes before all that have one. */
  readonly priority?: number;
};

/** `known`: dropped, because one with this id is there. It is told of `alert` alone: who adds others does not wait for it. */
export type AddOutcome = "added" | "known";

/** At least once: a job whose worker dies runs again. Throws OomphError `queue-unavailable` within 2 s when Redis is away. */
export type JobQueue = {
  add<Name extends JobName>(name: Name, payload: JobPayloads[Name], options: AddOptions): Promise<AddOutcome>;
  /** Throws when it cannot be reached. */
  ping(): Promise<void>;
};

/**
 * A handler returns when the job is done, `later` to be run again after a while, or throws to be retried with back-off: some
 * times, and for as long as it takes where it threw `store-unavailable`.
 */
export type JobOutcome = { readonly kind: "done" } | { readonly kind: "later"; readonly delayMs: number };

/** What became of a job before. */
export type JobPast = {
  /** How often the process that carried it out ended in the middle of it. */
  readonly lost: number;
  /** How often it was begun before. */
  readonly tries: number;
};

export type JobHandlers = {
  readonly [Name in JobName]: (payload: JobPayloads[Name], signal: AbortSignal, past: JobPast) => Promise<JobOutcome>;
};

/** Runs jobs until drained. */
export type JobWorkers = {
  /** Stops taking jobs, waits for those running, at most `withinMs`; then aborts their signal. */
  drain(withinMs: number): Promise<void>;
};
