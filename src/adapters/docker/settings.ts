/** How to reach one Docker host, as the configuration gives it. Secrets are in here: never log it. */
export type DockerConnectionSettings = {
  readonly name: string;
  readonly endpoint: DockerEndpoint;
  readonly connectTimeoutMs: number;
  /** Longest wait for one answer; following events has none. */
  readonly callTimeoutMs: number;
};

export type DockerEndpoint =
  | { readonly kind: "socket"; readonly path: string }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number; readonly tls?: DockerTls }
  | DockerSshEndpoint;

/** PEM texts. */
export type DockerTls = {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** False accepts any certificate: for tests only, and said so in the log. */
  readonly verify: boolean;
};

/** `docker system dial-stdio` is run on the other side, as `docker -H ssh://` does it. */
export type DockerSshEndpoint = {
  readonly kind: "ssh";
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** PEM or OpenSSH text. */
  readonly privateKey: string;
  readonly passphrase?: string;
  /** `SHA256:...` as `ssh-keyscan <host> | ssh-keygen -lf -` prints it: a host with another key is not spoken to. */
  readonly hostKeySha256: string;
};
