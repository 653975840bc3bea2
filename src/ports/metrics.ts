/** What Oomph counts about itself. Label values come from closed sets, never from input. */
export type Metrics = {
  received(kind: string): void;
  duplicateDropped(kind: string): void;
  investigated(verdict: string, tookMs: number): void;
  requestEnded(actionId: string, state: string): void;
  delivered(outcome: "sent" | "retried" | "failed"): void;
  jobFailed(job: string): void;
  left(kind: string, count: number): void;
};
