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
  /** Says what does not go into an acknowledgement. */
  readonly chat: Pick<Chat, "respond" | "whisper">;
  readonly clock: Clock;
  readonly log: Log;
};

/** Slack to be listened to. */
export type Slack = {
  /** Over Socket Mode connects, and goes on trying. Throws ChatRefusal `no-rights`. */
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
  const { transport } = parts.settings;
  const inner = { ...parts, takeIn: createTakeIn(parts) };
  return transport.kind === "http" ? overHttp(inner, transport.signingSecret) : overSocket(inner, transport.appToken);
}

type Inner = SlackParts & { readonly takeIn: TakeIn };

function overHttp({ takeIn, log, clock }: Inner, signingSecret: string): Slack {
  const transport = createHttpTransport({ signingSecret, takeIn, clock, log });
  let connection: Connection = { state: "disconnected", since: clock.nowMs(), reconnects: 0 };

  return {
    requestHandler: (req, res) => transport.requestHandler(req, res),
    connection: () => connection,
    async start() {
      connection = { state: "connected", since: clock.nowMs(), reconnects: 0 };
    },
    async stop() {
      transport.stop();
      await takeIn.settled();
      connection = { state: "disconnected", since: clock.nowMs(), reconnects: 0 };
    },
  };
}

function overSocket({ takeIn, log, clock, settings }: Inner, appToken: string): Slack {
  const transport = createSocketTransport({ settings, appToken, takeIn, clock, log });

  return {
    requestHandler: (_req, res) => void res.writeHead(404).end(),
    connection: () => transport.connection(),
    start: () => transport.start(),
    stop: () => transport.stop(),
  };
}

/** Throws ChatRefusal `no-rights` for a token that Slack does not take; a Slack that is away is said in the log. */
export async function checkToken(chat: Pick<Chat, "self">, log: Log): Promise<void> {
  try {
    await chat.self();
  } catch (error) {
    if (error instanceof ChatRefusal && error.code !== "no-rights")
      log.warn({ code: error.code }, "Slack could not be asked about the token");
    else throw error;
  }
}
