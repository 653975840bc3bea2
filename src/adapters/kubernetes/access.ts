/** Where a cluster is and how to sign in there. Secrets are in here: never log it. */
export type ClusterAccess = {
  /** Of the API server; its path may be more than `/` (behind Rancher, say). */
  readonly server: URL;
  /** Who signs in, for sentences: `user admin of context prod`. */
  readonly who: string;
  readonly tls: {
    /** PEM. Absent: the CAs that Node knows. */
    readonly ca?: string;
    /** Asked for and expected in the certificate instead of the host's name. */
    readonly serverName?: string;
    readonly verify: boolean;
  };
  /** Kept until they expire. Throws `wrong-credentials` or `bad-input` where there are none to be had. */
  credentials(): Promise<Credentials>;
};

export type Credentials = {
  readonly headers: Readonly<Record<string, string | string[]>>;
  /** PEM texts. */
  readonly certificate?: { readonly cert: string; readonly key: string };
};
