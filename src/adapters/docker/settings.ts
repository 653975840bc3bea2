/** How to reach one Docker host, as the configuration gives it. Secrets are in here: never log it. */
export type DockerConnectionSettings = {
  readonly name: string;
  /** What `endpointFromUrl` of connection-url.ts reads. */
  readonly endpoint: DockerEndpoint;
  /** For `tcp`; given, TLS is spoken whatever the URL says. */
  readonly tls?: DockerTls;
  /** For `ssh`. */
  readonly ssh?: DockerSsh;
  readonly connectTimeoutMs: number;
  /** Longest wait for one answer; following events has none. */
  readonly callTimeoutMs: number;
};

export type DockerEndpoint =
  | { readonly kind: "socket"; readonly path: string }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number; /** `https://`, or port 2376. */ readonly tls: boolean }
  /** `docker system dial-stdio` is run on the other side, as `docker -H ssh://` does it. */
  | { readonly kind: "ssh"; readonly user: string; readonly host: string; readonly port: number };

/** PEM texts. */
export type DockerTls = {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** False accepts any certificate: for tests only, and said so in the log. */
  readonly verify: boolean;
};

export type DockerSsh = {
  /** PEM or OpenSSH text, without a passphrase. */
  readonly privateKey?: string;
  /** Socket of an SSH agent, asked where no key is given. */
  readonly agentSocket?: string;
  /**
   * `SHA256:...` as `ssh-keyscan <host> | ssh-keygen -lf -` prints it: a host with another key is not spoken to. Absent:
   * none is, and the error says which key the host showed.
   */
  readonly hostKeySha256?: string;
};
