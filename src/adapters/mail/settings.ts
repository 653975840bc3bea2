/** Where mail is handed in, and whom it is for. */
export type MailSettings = {
  readonly host: string;
  readonly port: number;
  /**
   * `implicit`: TLS from the first byte (port 465). `starttls`: the server must offer STARTTLS, or nothing is sent (587).
   * `none`: in the clear, for a relay on the same host; no password is ever sent then.
   */
  readonly tls: "implicit" | "starttls" | "none";
  /** Who may have signed the server's certificate, as PEM text; absent: those whom Node trusts. */
  readonly ca?: string;
  readonly auth?: { readonly user: string; readonly password: string };
  /** `oomph@example.com` or `Oomph <oomph@example.com>`. Its domain ends the Message-ID. */
  readonly from: string;
  /** At least one address. */
  readonly to: readonly string[];
  /** Longest wait for a connection, and for any one answer. */
  readonly timeoutMs: number;
};
