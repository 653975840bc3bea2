import type { DeliveryPriority } from "../domain/delivery.ts";

/**
 * Keeps to Slack's pace: about one post a second in a channel, with short bursts, and fewer edits. Shared by all
 * replicas. Says how long to wait before this one may go; 0: go now (and it has been counted).
 */
export type Pacer = {
  waitMs(sending: Sending): Promise<number>;
  /** Slack said 429. Posts are limited by channel, edits in the whole workspace: the one does not stop the other. */
  pause(limited: Pick<Sending, "channel" | "kind">, ms: number): Promise<void>;
};

export type Sending = {
  readonly channel: string;
  /** Id of the delivery: it waits for one turn, however often it is asked for. */
  readonly message: string;
  readonly kind: "post" | "edit";
  readonly priority: DeliveryPriority;
};
