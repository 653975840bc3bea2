import type { App, Receiver, ReceiverEvent } from "@slack/bolt";
import { SocketModeClient } from "@slack/socket-mode";
import { messageOf } from "../../domain/errors.ts";
import { ChatRefusal } from "../../ports/chat.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Log } from "../../ports/log.ts";
import { refusalOf } from "./refusal.ts";
import { createSdkLog } from "./sdk-log.ts";
import type { SlackSettings } from "./settings.ts";
import { webClientOptions } from "./web-client.ts";

const HELLO_WITHIN_MS = 10_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

export type Connection = { readonly state: "connected" | "connecting" | "disconnected"; readonly since: number };

export type SocketTransportParts = {
  readonly settings: SlackSettings;
  readonly appToken: string;
  readonly clock: Clock;
  readonly log: Log;
};

/**
 * A Socket Mode connection that comes back by itself. Each connection is a client of its own, because the library's own
 * reconnection ends for good when Slack cannot be reached for a while. What is not acknowledged, Slack sends again.
 */
export class SocketTransport implements Receiver {
  readonly #parts: SocketTransportParts;
  readonly #stopping = new AbortController();
  #app: App | undefined;
  #client: InstanceType<typeof SocketModeClient> | undefined;
  #connection: Connection;
  #loop: Promise<void> = Promise.resolve();

  constructor(parts: SocketTransportParts) {
    this.#parts = parts;
    this.#connection = { state: "disconnected", since: parts.clock.nowMs() };
  }

  init(app: App): void {
    this.#app = app;
  }

  connection(): Connection {
    return this.#connection;
  }

  /** Resolves after the first attempt, whether it worked or will be repeated; throws ChatRefusal `no-rights`. */
  async start(): Promise<void> {
    const first = await this.#connect();
    if (first.kind === "refused" && first.refusal.code === "no-rights") throw first.refusal;
    this.#loop = this.#stayConnected(first);
  }

  /** Takes no more envelopes from now on; those underway can still be acknowledged until `stop`. */
  quiesce(): void {
    this.#stopping.abort();
  }

  async stop(): Promise<void> {
    this.quiesce();
    await this.#client?.disconnect();
    await this.#loop;
    this.#enter("disconnected");
  }

  async #stayConnected(first: Attempt): Promise<void> {
    let attempt = first;
    let failures = 0;
    while (!this.#stopping.signal.aborted) {
      if (attempt.kind === "connected") {
        failures = 0;
        await attempt.ended;
      } else {
        failures += 1;
        this.#parts.log.warn({ failures, code: attempt.refusal.code, because: attempt.refusal.message }, "no Socket Mode connection");
        await this.#wait(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1)));
      }
      if (!this.#stopping.signal.aborted) attempt = await this.#connect();
    }
  }

  async #connect(): Promise<Attempt> {
    this.#enter("connecting");
    const { settings, appToken, log, clock } = this.#parts;
    const client = new SocketModeClient({
      appToken,
      autoReconnectEnabled: false,
      logger: createSdkLog(log),
      clientOptions: webClientOptions(settings, log),
    });
    this.#client = client;
    client.on("slack_event", (envelope: Envelope) => void this.#take(envelope));
    const ended = new Promise<void>((resolve) => client.once("disconnected", () => resolve()));
    const over = new AbortController();
    const tooLate = clock
      .sleep(HELLO_WITHIN_MS, over.signal)
      .then(() => Promise.reject(new ChatRefusal("unavailable", "Socket Mode: no hello from Slack")));
    try {
      await Promise.race([client.start(), tooLate]);
    } catch (error) {
      void client.disconnect().catch(() => undefined);
      return { kind: "refused", refusal: refusalOf("apps.connections.open", error) };
    } finally {
      tooLate.catch(() => undefined); // called off
      over.abort();
    }
    this.#enter("connected");
    return { kind: "connected", ended };
  }

  async #take({ body, ack, retry_num, retry_reason }: Envelope): Promise<void> {
    if (this.#stopping.signal.aborted || this.#app === undefined) return;
    const event: ReceiverEvent = {
      body,
      ack,
      ...(retry_num !== undefined && { retryNum: retry_num }),
      ...(retry_reason !== undefined && { retryReason: retry_reason }),
    };
    try {
      await this.#app.processEvent(event);
    } catch (error) {
      this.#parts.log.warn({ because: messageOf(error) }, "not acknowledged: Slack will send it again");
    }
  }

  async #wait(ms: number): Promise<void> {
    await this.#parts.clock.sleep(ms, this.#stopping.signal).catch(() => undefined);
  }

  #enter(state: Connection["state"]): void {
    if (state === this.#connection.state) return;
    this.#connection = { state, since: this.#parts.clock.nowMs() };
    this.#parts.log.info({ state }, "Socket Mode connection");
  }
}

type Attempt = { readonly kind: "connected"; readonly ended: Promise<void> } | { readonly kind: "refused"; readonly refusal: ChatRefusal };

type Envelope = {
  readonly body: Record<string, unknown>;
  readonly ack: (response?: unknown) => Promise<void>;
  readonly retry_num?: number;
  readonly retry_reason?: string;
};
