import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { createSlackClient, type LabSlack, type SlackClient } from "../../scripts/lab/slack/index.ts";
import { EVENTS_PATH } from "../../src/adapters/slack/http-transport.ts";
import type { SlackSettings } from "../../src/adapters/slack/settings.ts";
import { checkToken, createChat, createSlack, type Slack } from "../../src/adapters/slack/slack.ts";
import type { Chat } from "../../src/ports/chat.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { Answer, Inbound, Receive } from "../../src/ports/inbound.ts";
import type { Log, LogFields } from "../../src/ports/log.ts";

export type Transport = SlackSettings["transport"]["kind"];
export type Logged = { readonly level: keyof Log; readonly fields: LogFields; readonly message: string };

/** The Slack adapter as main.ts mounts it, with a receive that collects, and somebody in Slack who talks to it. */
export type SlackApp = {
  readonly slack: Slack;
  readonly chat: Chat;
  readonly client: SlackClient;
  readonly url: string;
  readonly inbounds: Inbound[];
  readonly logged: Logged[];
  /** Replaces what receive does with what has been collected. */
  answerWith(receive: Receive): void;
  stop(): Promise<void>;
};

export async function startSlackApp(lab: LabSlack, transport: Transport, options: { readonly timeoutMs?: number } = {}): Promise<SlackApp> {
  const inbounds: Inbound[] = [];
  const logged: Logged[] = [];
  let receive: Receive = async (): Promise<Answer> => ({ kind: "ok" });
  const settings = slackSettings(lab, transport, options.timeoutMs);
  const log = collectLog(logged);
  const chat = createChat(settings, log);
  const slack = createSlack({
    settings,
    chat,
    receive: (inbound) => {
      inbounds.push(inbound);
      return receive(inbound);
    },
    clock: realClock,
    log,
  });
  await checkToken(chat, log);
  await slack.start();
  const server = createServer(slack.requestHandler);
  const port = await new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
  const url = `http://127.0.0.1:${port}${EVENTS_PATH}`;
  const client = createSlackClient({ slack: lab, ...(transport === "http" && { url }) });

  return {
    slack,
    chat,
    client,
    url,
    inbounds,
    logged,
    answerWith(next) {
      receive = next;
    },
    async stop() {
      client.close();
      await slack.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function slackSettings(lab: LabSlack, transport: Transport, timeoutMs = 2000): SlackSettings {
  return {
    botToken: lab.botToken,
    apiUrl: lab.apiUrl,
    timeoutMs,
    transport: transport === "http" ? { kind: "http", signingSecret: lab.signingSecret } : { kind: "socket", appToken: lab.appToken },
  };
}

export const realClock: Clock = {
  nowMs: () => Date.now(),
  sleep: async (ms, signal) => {
    await sleep(ms, undefined, { ...(signal && { signal }) });
  },
};

export function collectLog(logged: Logged[]): Log {
  const at = (level: keyof Log) => (fields: LogFields, message: string) => void logged.push({ level, fields, message });
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}
