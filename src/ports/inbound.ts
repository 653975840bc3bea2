import type { Post } from "../domain/alert.ts";

/**
 * What comes in from the chat, normalised by its adapter. `id` is the sender's own event or trigger id: the same id is
 * the same event, sent again.
 */
export type Inbound =
  | {
      readonly kind: "command";
      readonly id: string;
      readonly userId: string;
      readonly channel: string;
      /** What followed `/oom`, as typed. */
      readonly text: string;
      readonly responseUrl: string;
      readonly receivedAtMs: number;
    }
  | {
      readonly kind: "mention";
      readonly id: string;
      readonly userId: string;
      readonly channel: string;
      readonly ts: string;
      readonly threadTs?: string;
      /** Without the mention itself. */
      readonly text: string;
      readonly receivedAtMs: number;
    }
  | {
      readonly kind: "click";
      readonly id: string;
      readonly userId: string;
      readonly channel: string;
      readonly messageTs?: string;
      readonly threadTs?: string;
      /** The button's action_id, or that of the overflow or select. */
      readonly actionId: string;
      /** The button's value, or that of the chosen option. Never trusted: an id to look up. */
      readonly value: string;
      readonly responseUrl?: string;
      readonly triggerId?: string;
      readonly receivedAtMs: number;
    }
  | {
      readonly kind: "submission";
      readonly id: string;
      readonly userId: string;
      readonly callbackId: string;
      readonly privateMetadata: string;
      /** By block_id. */
      readonly values: Readonly<Record<string, string>>;
      readonly receivedAtMs: number;
    }
  | {
      readonly kind: "shortcut";
      readonly id: string;
      readonly userId: string;
      readonly post: Post;
      readonly responseUrl?: string;
      readonly receivedAtMs: number;
    }
  | { readonly kind: "post"; readonly id: string; readonly post: Post; readonly receivedAtMs: number };

/** What the adapter answers at once: nothing, words for the sender only, or complaints about a dialog's fields. */
export type Answer =
  | { readonly kind: "ok" }
  | { readonly kind: "say"; readonly text: string }
  | { readonly kind: "field-errors"; readonly errors: Readonly<Record<string, string>> };

/** Called by the chat's adapter before it acknowledges; answers within a second or says that it cannot. */
export type Receive = (inbound: Inbound) => Promise<Answer>;
