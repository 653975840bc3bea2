import type { DeliveryPriority } from "../domain/delivery.ts";

/**
 * Keeps to Slack's pace: about one post a second in a channel, with short bursts, and fewer edits. Shared by all
 * replicas. Says how long to wait before this one may go; 0: go now (and it has been counted).
 */
export type Pacer = {
  waitMs(channel: string, kind: "post" | "edit", priority: DeliveryPriority): Promise<number>;
  /** Slack said 429: nothing more into this channel for so long. */
  pause(channel: string, ms: number): Promise<void>;
};
