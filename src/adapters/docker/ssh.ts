import { createHash } from "node:crypto";
import { Agent, type ClientRequestArgs } from "node:http";
import { Duplex } from "node:stream";
import { Client, type ClientChannel, type ConnectConfig } from "ssh2";
import { OomphError, messageOf } from "../../domain/errors.ts";
import { formatEndpoint } from "./connection-url.ts";
import type { DockerConnectionSettings, DockerEndpoint } from "./settings.ts";

type SshEndpoint = Extract<DockerEndpoint, { kind: "ssh" }>;

const ALIVE_EVERY_MS = 15_000;
const COMMAND = "docker system dial-stdio";

/** Sockets for HTTP through one SSH connection: each is a session that runs Docker's own relay to the daemon's socket. */
export function openSshAgent(settings: DockerConnectionSettings, endpoint: SshEndpoint): Agent {
  return new SshAgent(settings, endpoint);
}

class SshAgent extends Agent {
  readonly #settings: DockerConnectionSettings;
  readonly #endpoint: SshEndpoint;
  #connection: Promise<Client> | undefined;

  constructor(settings: DockerConnectionSettings, endpoint: SshEndpoint) {
    super({ keepAlive: true });
    this.#settings = settings;
    this.#endpoint = endpoint;
  }

  override createConnection(_options: ClientRequestArgs, done: (error: Error | null, stream: Duplex) => void): undefined {
    void this.#hand(done);
  }

  async #hand(done: (error: Error | null, stream: Duplex) => void): Promise<void> {
    try {
      done(null, asSocket(await this.#openChannel()));
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)), new Duplex());
    }
  }

  override destroy(): void {
    super.destroy();
    void this.#connection?.then(
      (client) => client.end(),
      () => undefined,
    );
    this.#connection = undefined;
  }

  async #openChannel(): Promise<ClientChannel> {
    this.#connection ??= this.#connect();
    const client = await this.#connection;
    return new Promise((resolve, reject) => {
      client.exec(COMMAND, (error, channel) => (error === undefined ? resolve(channel) : reject(refused(error, this.#settings))));
    });
  }

  #connect(): Promise<Client> {
    const client = new Client();
    const forget = (): void => {
      this.#connection = undefined;
    };
    return new Promise((resolve, reject) => {
      let shownKey = "";
      client.once("ready", () => resolve(client));
      client.on("error", (error) => {
        forget();
        reject(explain(error, { settings: this.#settings, shownKey }));
      });
      client.once("close", forget);
      try {
        client.connect(loginOf(this.#settings, this.#endpoint, (fingerprint) => (shownKey = fingerprint)));
      } catch (error) {
        forget();
        reject(explain(error, { settings: this.#settings, shownKey }));
      }
    });
  }
}

function loginOf(settings: DockerConnectionSettings, endpoint: SshEndpoint, onKey: (fingerprint: string) => void): ConnectConfig {
  const { privateKey, agentSocket, hostKeySha256 } = settings.ssh ?? {};
  return {
    host: endpoint.host,
    port: endpoint.port,
    username: endpoint.user,
    readyTimeout: settings.connectTimeoutMs,
    keepaliveInterval: ALIVE_EVERY_MS,
    hostVerifier: (key: Buffer) => {
      const fingerprint = `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
      onKey(fingerprint);
      return fingerprint === hostKeySha256;
    },
    ...(privateKey === undefined ? {} : { privateKey }),
    ...(privateKey !== undefined || agentSocket === undefined ? {} : { agent: agentSocket }),
  };
}

/** What HTTP's agent calls on a socket and a session has not. */
function asSocket(channel: ClientChannel): Duplex {
  const nothing = (): ClientChannel => channel;
  channel.stderr.resume(); // unread, it would hold up the rest
  return Object.assign(channel, { setKeepAlive: nothing, setNoDelay: nothing, setTimeout: nothing, ref: nothing, unref: nothing });
}

function refused(error: Error, { name, endpoint }: DockerConnectionSettings): OomphError {
  return new OomphError("unreachable", `Docker host ${name} (${formatEndpoint(endpoint)}) did not run "${COMMAND}": ${error.message}.`, {
    retryable: true,
    cause: error,
  });
}

type Failure = { readonly settings: DockerConnectionSettings; readonly shownKey: string };

function explain(error: unknown, { settings, shownKey }: Failure): OomphError {
  const host = `Docker host ${settings.name} (${formatEndpoint(settings.endpoint)})`;
  const expected = settings.ssh?.hostKeySha256;
  if (shownKey !== "" && shownKey !== expected) {
    const says =
      expected === undefined
        ? `showed the SSH key ${shownKey}, and none is configured. If it is this host's key, configure it as the host key.`
        : `showed the SSH key ${shownKey}, expected ${expected}. It is another machine, or was set up anew: do not go on before you know which.`;
    return new OomphError("wrong-credentials", `${host} ${says}`, { cause: error });
  }
  const level = typeof error === "object" && error !== null && "level" in error ? error.level : undefined;
  if (level === "client-authentication") {
    return new OomphError(
      "wrong-credentials",
      `${host} did not accept the SSH key of this user. Check user and key, and its authorized_keys.`,
      {
        cause: error,
      },
    );
  }
  if (level === "client-timeout") {
    return new OomphError("timed-out", `${host} did not finish the SSH handshake within ${settings.connectTimeoutMs} ms.`, {
      retryable: true,
      cause: error,
    });
  }
  if (error instanceof Error && /privateKey|parse/i.test(error.message))
    return new OomphError(
      "bad-input",
      `The SSH key of ${host} cannot be read: ${messageOf(error)}. Expected a private key without a passphrase.`,
    );
  return new OomphError("unreachable", `${host} cannot be reached by SSH: ${messageOf(error)}.`, { retryable: true, cause: error });
}
