import type { IncomingMessage, ServerResponse } from "node:http";
import { ChatRefusal, type Chat } from "../../ports/chat.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Receive } from "../../ports/inbound.ts";
import type { Log } from "../../ports/log.ts";
import { createSlackChat } from "./chat.ts";
import { createHttpTransport } from "./http-transport.ts";
import { createPostToResponseUrl } from "./response-url.ts";
import type { SlackSettings } from "./settings.ts";
import { type Connection, createSocketTransport } from "./socket-transport.ts";
import { createTakeIn, type TakeIn } from "./take-in.ts";
import { createCallSlack } from "./web-client.ts";

export type SlackParts = {
  readonly settings: SlackSettings;
  readonly receive: Receive;
  readonly clock: Clock;
  readonly log: Log;
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
  readonly requestHandler: (req: IncomingMessage, res: ServerResponse) => void;
};

/** Slack to talk to, without being listened to. */
export function createChat(settings: SlackSettings, log: Log): Chat {
  return createSlackChat({
    call: createCallSlack(settings, log),
    postToResponseUrl: createPostToResponseUrl(settings),
    timeoutMs: settings.timeoutMs,
  });
}

export function createSlack(parts: SlackParts): Slack {
  const { settings, log } = parts;
  const chat = createChat(settings, log);
  const { transport } = settings;
  const inner = { ...parts, chat, takeIn: createTakeIn({ ...parts, chat }) };
  return transport.kind === "http" ? overHttp(inner, transport.signingSecret) : overSocket(inner, transport.appToken);
}

type Inner = SlackParts & { readonly chat: Chat; readonly takeIn: TakeIn };

function overHttp({ chat, takeIn, log, clock }: Inner, signingSecret: string): Slack {
  const transport = createHttpTransport({ signingSecret, takeIn, clock, log });
  let connection: Connection = { state: "disconnected", since: clock.nowMs(), reconnects: 0 };

  return {
    chat,
    requestHandler: (req, res) => transport.requestHandler(req, res),
    connection: () => connection,
    async start() {
      await checkToken(chat, log);
      connection = { state: "connected", since: clock.nowMs(), reconnects: 0 };
    },
    async stop() {
      transport.stop();
      await takeIn.settled();
      connection = { state: "disconnected", since: clock.nowMs(), reconnects: 0 };
    },
  };
}

function overSocket({ chat, takeIn, log, clock, settings }: Inner, appToken: string): Slack {
  const transport = createSocketTransport({ settings, appToken, takeIn, clock, log });

  return {
    chat,
    requestHandler: (_req, res) => void res.writeHead(404).end(),
    connection: () => transport.connection(),
    async start() {
      await checkToken(chat, log);
      await transport.start();
    },
    stop: () => transport.stop(),
  };
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
