import type { DeliveryPriority } from "../domain/delivery.ts";

/**
 * Keeps to Slack's pace: about one post a second in a channel, with short bursts, fewer edits, and marks fewer still. Shared
 * by all replicas. Says how long to wait before this one may go; 0: go now (and it has been counted).
 */
export type Pacer = {
  waitMs(sending: Sending): Promise<number>;
  /** Slack said 429. Posts are limited by channel, edits and marks in the whole workspace: none stops the others. */
  pause(limited: Pick<Sending, "channel" | "kind">, ms: number): Promise<void>;
};

export type Sending = {
  readonly channel: string;
  /** Id of the delivery: it waits for one turn, however often it is asked for. */
  readonly message: string;
  readonly kind: "post" | "edit" | "mark";
  readonly priority: DeliveryPriority;
};
