import { createServer, type Server } from "node:http";
import { APP, ALERT_BOT, type EmulatedSlack, startEmulatedSlack, userToken } from "./emulator.ts";
import { createFaults } from "./faults.ts";
import { asParams, type Params, textOf } from "./http.ts";
import { createOwnMethods, toMessage } from "./own-methods.ts";
import { createPace } from "./pace.ts";
import { createSockets, type Sockets } from "./sockets.ts";
import { createTickets, type Tickets } from "./tickets.ts";
import type { LabCall, LabEphemeral, LabFault, LabMessage, LabModal, LabResponse, StartSlackOptions } from "./types.ts";
import { handleWebApi } from "./web-api.ts";

/** A local Slack. Names of channels and people may stand wherever an id is asked for. */
export type LabSlack = {
  /** For SlackSettings; ends with a slash. */
  readonly apiUrl: string;
  readonly botToken: string;
  readonly signingSecret: string;
  readonly appToken: string;
  /** Oomph's own ids. */
  readonly self: { readonly userId: string; readonly botId: string; readonly appId: string; readonly teamId: string };
  /** Name → id. */
  readonly users: Readonly<Record<string, string>>;
  readonly channels: Readonly<Record<string, string>>;
  readonly groups: Readonly<Record<string, string>>;
  /** Id of a channel, person or group by its name; an id is given back as it is. */
  id(nameOrId: string): string;
  /** Messages of a channel, or of the direct messages with a person, oldest first; without thread replies. */
  messages(channel: string): Promise<readonly LabMessage[]>;
  /** Root and replies, oldest first. */
  thread(channel: string, ts: string): Promise<readonly LabMessage[]>;
  /** In the order of arrival. */
  ephemerals(): readonly LabEphemeral[];
  modals(): readonly LabModal[];
  responses(): readonly LabResponse[];
  calls(method?: string): readonly LabCall[];
  /** Returns how to end the fault early. */
  fault(fault: LabFault): () => void;
  /** Bytes of an uploaded file. */
  fileContent(fileId: string): Promise<Uint8Array>;
  /** Gives a group other members, by name or id. */
  setGroup(group: string, members: readonly string[]): void;
  /** A call as somebody else, past faults and pace: `alerts` is the bot that posts alerts. */
  callAs(who: "alerts" | (string & {}), method: string, params: Params): Promise<Params>;
  /** Told of each post and edit of Oomph; returns how to stop that. */
  onOwnMessage(listener: (message: LabMessage, change: "posted" | "edited") => void): () => void;
  /** Where others may post into a channel without a token, as the bot that posts alerts: `slack_configs` of Alertmanager. */
  incomingWebhook(channel: string): string;
  /** Told of each post that came by an incoming webhook or with the alert bot's token; returns how to stop that. */
  onOthersMessage(listener: (message: LabMessage) => void): () => void;
  readonly tickets: Tickets;
  readonly sockets: Sockets;
  stop(): Promise<void>;
};

// Reads for tests and the demo, where Oomph has no scope to.
const READER = ALERT_BOT.botToken;
const DEFAULT_USERS = ["responder", "approver", "second_approver", "operator", "bystander"];
const DEFAULT_CHANNELS = ["alerts", "incidents"];
const SECRETS = { signingSecret: "0123456789abcdef0123456789abcdef", appToken: "xapp-lab-oomph" };

/** Starts it on a free port of the loopback interface. */
export async function startSlack(options: StartSlackOptions = {}): Promise<LabSlack> {
  const userNames = options.users ?? DEFAULT_USERS;
  const server = createServer();
  server.keepAliveTimeout = 0; // its clients close what is idle: it must not, just as they send
  const origin = `http://127.0.0.1:${await listen(server)}`;
  const slack = await startEmulatedSlack({ users: userNames, channels: options.channels ?? DEFAULT_CHANNELS }, origin);
  const ids = await idsOf(slack, options.groups ?? {});
  const faults = createFaults();
  const sockets = createSockets();
  const tickets = createTickets(Date.now);
  const calls: LabCall[] = [];
  const listeners = new Set<(message: LabMessage, change: "posted" | "edited") => void>();
  const othersListeners = new Set<(message: LabMessage) => void>();
  const groups = new Map(Object.entries(ids.members));
  const own = createOwnMethods({
    slack,
    tickets,
    groups,
    socketUrl: () => `${origin.replace("http", "ws")}${sockets.ticket()}`,
    onPosted: (message, change) =>
      message.bot_id === ALERT_BOT.botId
        ? othersListeners.forEach((listener) => listener(message))
        : listeners.forEach((listener) => listener(message, change)),
  });
  const parts = { slack, own, faults, calls, isToken, pace: options.paced === true ? createPace(Date.now) : undefined };
  server.on("request", (req, res) => {
    handleWebApi(parts, req, res).catch((error: unknown) => res.destroy(error instanceof Error ? error : undefined));
  });
  server.on("upgrade", (req, socket, head) => sockets.upgrade(req, socket, head));

  const id = (name: string): string => ids.users[name] ?? ids.channels[name] ?? ids.groups[name] ?? name;
  return {
    ...SECRETS,
    ...ids,
    apiUrl: `${origin}/api/`,
    botToken: APP.botToken,
    self: { userId: APP.botUserId, botId: APP.botId, appId: APP.appId, teamId: "T000000001" },
    id,
    tickets,
    sockets,
    messages: (channel) =>
      id(channel).startsWith("U") ? readDirectMessages(slack, nameOf(ids.users, channel)) : readMessages(slack, id(channel), READER),
    thread: async (channel, ts) => readThread(slack, id(channel), ts),
    ephemerals: () => own.ephemerals,
    modals: () => own.modals,
    responses: () => own.responses,
    calls: (method) => calls.filter((call) => method === undefined || call.method === method),
    fault: (fault) => faults.add(fault.channel === undefined ? fault : { ...fault, channel: id(fault.channel) }),
    setGroup: (group, members) => void groups.set(id(group), members.map(id)),
    fileContent: (fileId) => readFile(slack, fileId),
    callAs: (who, method, params) =>
      mustWork(slack.call(method, params, who === "alerts" ? ALERT_BOT.botToken : userToken(nameOf(ids.users, who)))),
    onOwnMessage(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    incomingWebhook: (channel) => `${origin}/services/T000000001/${ALERT_BOT.botId}/${id(channel)}`,
    onOthersMessage(listener) {
      othersListeners.add(listener);
      return () => othersListeners.delete(listener);
    },
    async stop() {
      sockets.close();
      server.closeAllConnections();
      await Promise.all([new Promise((resolve) => server.close(resolve)), slack.close()]);
    },
  };
}

function isToken(method: string, token: string): boolean {
  if (method === "apps.connections.open") return token === SECRETS.appToken;
  return token === APP.botToken || (method === "chat.postMessage" && token === ALERT_BOT.botToken);
}

async function idsOf(slack: EmulatedSlack, groups: Readonly<Record<string, readonly string[]>>) {
  const [people, places] = await Promise.all([slack.call("users.list", {}, READER), slack.call("conversations.list", {}, READER)]);
  const users = byName(people["members"]);
  const groupIds = Object.fromEntries(Object.keys(groups).map((name, index) => [name, `S0GROUP${index + 1}`]));
  const members = Object.fromEntries(
    Object.entries(groups).map(([name, names]) => [groupIds[name] ?? "", names.map((user) => users[user] ?? user)]),
  );
  return { users, channels: byName(places["channels"]), groups: groupIds, members };
}

function byName(list: unknown): Readonly<Record<string, string>> {
  const entries = Array.isArray(list) ? list.map(asParams) : [];
  return Object.fromEntries(entries.map((entry) => [String(entry["name"]), String(entry["id"])]));
}

function nameOf(users: Readonly<Record<string, string>>, who: string): string {
  return Object.entries(users).find(([name, id]) => name === who || id === who)?.[0] ?? who;
}

/** Direct messages between Oomph and a person, who can read them where other bots cannot. */
async function readDirectMessages(slack: EmulatedSlack, name: string): Promise<readonly LabMessage[]> {
  const { channel } = await mustWork(slack.call("conversations.open", { users: APP.botUserId }, userToken(name)));
  return readMessages(slack, textOf(asParams(channel)["id"]), userToken(name));
}

async function readMessages(slack: EmulatedSlack, channel: string, token: string): Promise<readonly LabMessage[]> {
  const all: LabMessage[] = [];
  let cursor = "";
  do {
    const page = await mustWork(slack.call("conversations.history", { channel, limit: 1000, cursor }, token));
    all.push(...messagesIn(page, channel));
    cursor = textOf(asParams(page["response_metadata"])["next_cursor"]);
  } while (cursor !== "");
  return all.toReversed();
}

async function readThread(slack: EmulatedSlack, channel: string, ts: string): Promise<readonly LabMessage[]> {
  return messagesIn(await mustWork(slack.call("conversations.replies", { channel, ts }, READER)), channel);
}

function messagesIn(page: Params, channel: string): readonly LabMessage[] {
  return Array.isArray(page["messages"]) ? page["messages"].map((message) => toMessage(asParams(message), channel)) : [];
}

async function readFile(slack: EmulatedSlack, fileId: string): Promise<Uint8Array> {
  const { file } = await mustWork(slack.call("files.info", { file: fileId }, READER));
  const url = new URL(String(asParams(file)["url_private"]));
  const answer = await fetch(`http://127.0.0.1:${slack.port}${url.pathname}`, { headers: { authorization: `Bearer ${READER}` } });
  return new Uint8Array(await answer.arrayBuffer());
}

async function mustWork(call: Promise<Params>): Promise<Params> {
  const reply = await call;
  if (reply["ok"] !== true) throw new Error(`expected the local Slack to say ok, it said ${String(reply["error"])}`);
  return reply;
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
}
