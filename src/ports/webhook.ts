/** What becomes of what a sender has sent. */
export type WebhookOutcome =
  /**
   * It is kept and will be handled, whatever happens to this process. `id`: the sender's own, or one of its content.
   * `leftOut`: alerts in it that were counted, and said to be left out.
   */
  | { readonly kind: "queued"; readonly id: string; readonly leftOut?: number }
  /** All of it was taken before, and is counted once. */
  | { readonly kind: "known"; readonly id: string }
  /** Understood, and none of Oomph's concern. */
  | { readonly kind: "ignored"; readonly id: string; readonly because: string }
  /** Not what this sender sends; names fields, never their values. */
  | { readonly kind: "unfit"; readonly because: string };

/** Takes a parsed body; `digest`: SHA-256 of its bytes, in hex. Throws OomphError `queue-unavailable` when it cannot be kept now. */
export type TakeSent = (body: unknown, digest: string) => Promise<WebhookOutcome>;

/** In lower case, as Node has them. */
export type SentHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** How a sender shows who it is. */
export type Proof = {
  /** What it must show, for who has shown something else; never a secret. */
  readonly expected: string;
  /** Looked at before anything of the body is read. */
  byHeaders(headers: SentHeaders): "right" | "wrong" | "in-body";
  /** Asked where the headers say that the body is signed. Never throws. */
  byBody(headers: SentHeaders, bytes: Uint8Array): Promise<Proven>;
};

export type Proven =
  | { readonly kind: "right" }
  | { readonly kind: "forged"; readonly because: string }
  /** It cannot be told now: to be sent again. */
  | { readonly kind: "not-now"; readonly because: string }
  /** It was between the sender and Oomph, and holds no alert. */
  | { readonly kind: "settled"; readonly what: string };
