/** What becomes of what a sender has sent. */
export type WebhookOutcome =
  /** It is kept and will be handled, whatever happens to this process. `id`: the sender's own. */
  | { readonly kind: "queued"; readonly id: string }
  /** Understood, and none of Oomph's concern. */
  | { readonly kind: "ignored"; readonly id: string; readonly because: string }
  /** Not what this sender sends; names fields, never their values. */
  | { readonly kind: "unfit"; readonly because: string };

/** Takes a parsed body. Throws OomphError `queue-unavailable` when it cannot be kept now. */
export type TakeSent = (body: unknown) => Promise<WebhookOutcome>;
