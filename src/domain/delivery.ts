import type { Message } from "./message.ts";

/**
 * One message in Slack and what it should say now. A slot (`inc_1/progress`) holds the newest content; delivering makes
 * Slack agree with it. Edits that pile up meanwhile become one.
 */
export type Delivery = {
  /** `dlv_...` */
  readonly id: string;
  /** Unique name of the message: `<incident>/root`, `<incident>/progress`, `<request>/card`, `<request>/outcome`. */
  readonly slot: string;
  readonly incidentId?: string;
  readonly channel: string;
  /** The thread by its root's timestamp, or by the slot of the root, whose timestamp is known once it has been posted. */
  readonly thread?: { readonly ts: string } | { readonly slot: string };
  readonly content: DeliveryContent;
  /** Counts changes of content; `sentRevision` is the last that Slack has. */
  readonly revision: number;
  readonly sentRevision: number;
  /** The message's timestamp once posted. */
  readonly ts?: string;
  readonly state: "due" | "sent" | "failed";
  readonly priority: DeliveryPriority;
  readonly attempts: number;
  readonly nextAttemptAtMs: number;
  /** When the first attempt began: from here on a post may exist whose answer was lost. */
  readonly firstAttemptAtMs?: number;
  /** When the first attempt since it was last sent, or given up, began. */
  readonly tryingSinceMs?: number;
  readonly claimedUntilMs?: number;
  readonly lastError?: string;
  /** Who is told when it fails for good: a Slack user id. */
  readonly onBehalfOf?: string;
};

/** 1: a decision's outcome; 2: something new; 3: an edit of progress. */
export type DeliveryPriority = 1 | 2 | 3;

export type DeliveryContent =
  | { readonly kind: "message"; readonly message: Message }
  /** On a message of somebody else's, which stands at `ts`. */
  | { readonly kind: "mark"; readonly ts: string; readonly mark: Mark }
  | { readonly kind: "file"; readonly name: string; readonly title: string; readonly base64: string };

/** What Oomph's reaction on an alert's post says: something that it has brought is open, or all of it is over. */
export type Mark = "open" | "over";

export type Saying = Pick<Delivery, "slot" | "incidentId" | "channel" | "thread" | "content" | "priority" | "onBehalfOf">;
