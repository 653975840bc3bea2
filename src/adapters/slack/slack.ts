import type { IncomingMessage, ServerResponse } from "node:http";
import { App, type Receiver, type ReceiverEvent } from "@slack/bolt";
import { ChatRefusal, type Chat } from "../../ports/chat.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Receive } from "../../ports/inbound.ts";
import type { Log } from "../../ports/log.ts";
import type { Metrics } from "../../ports/metrics.ts";
import { createSlackChat } from "./chat.ts";
import { createHttpTransport } from "./http-transport.ts";
import { createPostToResponseUrl } from "./response-url.ts";
import { createSdkLog } from "./sdk-log.ts";
import type { SlackSettings } from "./settings.ts";
import { type Connection, SocketTransport } from "./socket-transport.ts";
import { createTakeIn, type TakeIn } from "./take-in.ts";
import { createCallSlack, webClientOptions } from "./web-client.ts";

export type SlackParts = {
  readonly settings: SlackSettings;
  readonly receive: Receive;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
};

export type Slack = {
  readonly chat: Chat;
  /** Checks the token; over Socket Mode connects, and goes on trying. Throws ChatRefusal `no-rights`. */
  start(): Promise<void>;
  /** Takes nothing more, lets what was taken be acknowledged, then disconnects. */
  stop(): Promise<void>;
  /** For /readyz; over HTTP "connected" means that requests are taken. `since` in milliseconds since 1970. */
  connection(): Connection;
  /** HTTP only, for the process's own server at /slack/events; over Socket Mode everything is answered with 404. */
  requestHandler(req: IncomingMessage, res: ServerResponse): void;
};

export function createSlack(parts: SlackParts): Slack {
  const { settings, log } = parts;
  const chat = createSlackChat({
    call: createCallSlack(settings, log),
    postToResponseUrl: createPostToResponseUrl(settings),
    timeoutMs: settings.timeoutMs,
  });
  const takeIn = createTakeIn({ ...parts, chat });
  return settings.transport.kind === "http" ? overHttp(parts, chat, takeIn) : overSocket(parts, chat, takeIn);
}

function overHttp(parts: SlackParts, chat: Chat, takeIn: TakeIn): Slack {
  const { settings, log, clock } = parts;
  if (settings.transport.kind !== "http") throw new TypeError("expected HTTP settings");
  const transport = createHttpTransport(settings.transport.signingSecret, log);
  let connection: Connection = { state: "disconnected", since: clock.nowMs() };
  void new TakingApp(parts, takeIn, transport.receiver); // Bolt introduces itself to the receiver

  return {
    chat,
    requestHandler: (req, res) => transport.requestHandler(req, res),
    connection: () => connection,
    async start() {
      await checkToken(chat, log);
      connection = { state: "connected", since: clock.nowMs() };
    },
    async stop() {
      transport.stop();
      await takeIn.settled();
      connection = { state: "disconnected", since: clock.nowMs() };
    },
  };
}

function overSocket(parts: SlackParts, chat: Chat, takeIn: TakeIn): Slack {
  const { settings, log, clock } = parts;
  if (settings.transport.kind !== "socket") throw new TypeError("expected Socket Mode settings");
  const transport = new SocketTransport({ settings, appToken: settings.transport.appToken, clock, log });
  void new TakingApp(parts, takeIn, transport); // Bolt introduces itself to the receiver

  return {
    chat,
    requestHandler(_req, res) {
      res.writeHead(404);
      res.end();
    },
    connection: () => transport.connection(),
    async start() {
      await checkToken(chat, log);
      await transport.start();
    },
    async stop() {
      transport.quiesce();
      await takeIn.settled();
      await transport.stop();
    },
  };
}

/**
 * Bolt's receivers check and unpack; what they hand over goes one way from here, without Bolt's listeners, stores and
 * clients. Bolt itself would acknowledge events before anybody has seen them.
 */
class TakingApp extends App {
  readonly #takeIn: TakeIn;

  constructor({ settings, log }: SlackParts, takeIn: TakeIn, receiver: Receiver) {
    super({
      receiver,
      logger: createSdkLog(log),
      clientOptions: webClientOptions(settings, log),
      authorize: async () => ({ botToken: settings.botToken }),
      ignoreSelf: false,
      convoStore: false,
    });
    this.#takeIn = takeIn;
  }

  override async processEvent({ body, ack }: ReceiverEvent): Promise<void> {
    // Told to the receiver by throwing: it then does not acknowledge, and Slack sends the event again.
    if (!(await this.#takeIn.take(body, ack))) throw new ChatRefusal("unavailable", "not taken on");
  }
}

async function checkToken(chat: Chat, log: Log): Promise<void> {
  try {
    await chat.self();
  } catch (error) {
    if (error instanceof ChatRefusal && error.code !== "no-rights")
      log.warn({ code: error.code }, "Slack could not be asked about the token");
    else throw error;
  }
}
