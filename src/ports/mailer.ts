/** Hands mail to a server, as Oomph uses it. */
export type Mailer = {
  /** Whom mail goes to: addresses, at least one. */
  readonly recipients: readonly string[];
  /** The Message-ID of the mail with this key, angle brackets included. The same key is the same mail. */
  messageIdOf(key: string): string;
  /**
   * Sends a mail to some of the recipients. What the server says about a single recipient is in the receipt. Throws
   * OomphError when it took the mail for nobody: `wrong-credentials`, `refused`, `unreachable` or `timed-out`; `retryable`
   * tells whether it may get better by itself. A mail whose answer was lost may have arrived.
   */
  send(mail: Mail, recipients: readonly string[], signal: AbortSignal): Promise<MailReceipt>;
};

export type Mail = {
  /** Letters, digits, `_`, `-`, `/`. */
  readonly key: string;
  /** Key of the mail that this one follows up, for readers that show threads. */
  readonly follows?: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
};

export type MailReceipt = {
  readonly accepted: readonly string[];
  readonly refused: readonly { readonly address: string; readonly because: string; readonly retryable: boolean }[];
};
