import { ALERT_BOT, APP, type EmulatedSlack, type Reply } from "./emulator.ts";
import { asParams, type Params, textOf } from "./http.ts";
import type { Tickets } from "./tickets.ts";
import type { LabEphemeral, LabMessage, LabModal, LabResponse } from "./types.ts";
import type { Block, Modal } from "../../../src/domain/message.ts";

/** What the emulation lacks, or does not do as Slack does. */
export type OwnMethods = {
  readonly methods: Readonly<Record<string, (params: Params, token: string) => Promise<Reply>>>;
  respond(id: string, params: Params): Promise<Reply>;
  /** What came at an incoming webhook of this channel, as the bot that posts alerts. */
  takeIncoming(channel: string, params: Params): Promise<Reply>;
  readonly ephemerals: LabEphemeral[];
  readonly responses: LabResponse[];
  readonly modals: LabModal[];
};

export type OwnMethodsParts = {
  readonly slack: EmulatedSlack;
  readonly tickets: Tickets;
  /** Group id → user ids. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  readonly socketUrl: () => string;
  /** Called with each message that was posted or edited through the Web API, or by an incoming webhook. */
  readonly onPosted: (message: LabMessage, change: "posted" | "edited") => void;
};

export function createOwnMethods({ slack, tickets, groups, socketUrl, onPosted }: OwnMethodsParts): OwnMethods {
  const ephemerals: LabEphemeral[] = [];
  const responses: LabResponse[] = [];
  const modals: LabModal[] = [];

  const posting =
    (method: string, change: "posted" | "edited") =>
    async (params: Params, token: string): Promise<Reply> => {
      const reply = await slack.call(method, params, token);
      if (reply.ok) onPosted(toMessage({ ...asParams(reply["message"]), ts: reply["ts"] }, textOf(reply["channel"])), change);
      return reply;
    };
  const reading =
    (method: string) =>
    async (params: Params, token: string): Promise<Reply> => {
      const reply = await slack.call(method, params, token);
      return reply.ok ? { ...reply, messages: visible(reply["messages"], params) } : reply;
    };

  return {
    ephemerals,
    responses,
    modals,
    methods: {
      "chat.postMessage": posting("chat.postMessage", "posted"),
      // Posts may name a person; an edit needs the id of their direct messages.
      "chat.update": async (params, token) =>
        /^[UW]/.test(textOf(params["channel"]))
          ? { ok: false, error: "channel_not_found" }
          : posting("chat.update", "edited")(params, token),
      "conversations.history": reading("conversations.history"),
      "conversations.replies": reading("conversations.replies"),
      "apps.connections.open": async () => ({ ok: true, url: socketUrl() }),
      "usergroups.users.list": async (params) => {
        const users = groups.get(textOf(params["usergroup"]));
        return users === undefined ? { ok: false, error: "no_such_subteam" } : { ok: true, users };
      },
      async "chat.postEphemeral"(params, token) {
        const reply = await slack.call("chat.postEphemeral", params, token);
        if (reply.ok)
          ephemerals.push({ ...contentOf(params), channel: textOf(params["channel"]), user: textOf(params["user"]), ...threadOf(params) });
        return reply;
      },
      async "views.open"(params, token) {
        const trigger = tickets.useTrigger(textOf(params["trigger_id"]));
        if ("error" in trigger) return { ok: false, error: trigger.error };
        const { user } = trigger.asker;
        const exchanged = await slack.call("views.generateTriggerId", { user_id: user }, token);
        const reply = await slack.call("views.open", { ...params, trigger_id: exchanged["trigger_id"] }, token);
        const view = asParams(reply["view"]);
        if (reply.ok) modals.push({ id: textOf(view["id"]), hash: textOf(view["hash"]), user, view: asModal(params["view"]) });
        return reply;
      },
    },
    takeIncoming: (channel, params) => posting("chat.postMessage", "posted")({ ...params, channel }, ALERT_BOT.botToken),
    async respond(id, params) {
      const ticket = tickets.useResponse(id);
      if ("error" in ticket) return { ok: false, error: ticket.error };
      responses.push({
        ...contentOf(params),
        ...ticket.asker,
        ephemeral: params["response_type"] !== "in_channel",
        replacesOriginal: params["replace_original"] === true,
      });
      return { ok: true };
    },
  };
}

/** Adds what Slack says about a bot's message and the emulation does not. */
export function toMessage(raw: Params, channel: string): LabMessage {
  const bot = [APP, ALERT_BOT].find(({ botUserId }) => botUserId === raw["user"]);
  return { ...raw, ts: textOf(raw["ts"]), text: textOf(raw["text"]), channel, ...(bot && { bot_id: bot.botId, app_id: bot.appId }) };
}

function visible(messages: unknown, params: Params): readonly Params[] {
  const oldest = Number(params["oldest"] ?? 0);
  const withMetadata = textOf(params["include_all_metadata"]) === "true";
  return (Array.isArray(messages) ? messages.map(asParams) : [])
    .filter((message) => Number(message["ts"]) >= oldest)
    .map(({ metadata, ...rest }) => {
      const { channel: _, ...message } = toMessage(rest, "");
      return withMetadata && metadata !== undefined ? { ...message, metadata } : message;
    });
}

function contentOf(params: Params): { readonly text: string; readonly blocks: readonly Block[] } {
  return { text: textOf(params["text"]), blocks: Array.isArray(params["blocks"]) ? params["blocks"] : [] };
}

function threadOf(params: Params): { readonly thread_ts?: string } {
  return params["thread_ts"] === undefined ? {} : { thread_ts: textOf(params["thread_ts"]) };
}

// What Oomph sent as a view is a Modal, and block-check.ts has looked at its blocks.
function asModal(view: unknown): Modal {
  const { callback_id, private_metadata, title, blocks, ...rest } = asParams(view);
  return {
    ...rest,
    type: "modal",
    callback_id: textOf(callback_id),
    private_metadata: textOf(private_metadata),
    title: { type: "plain_text", text: textOf(asParams(title)["text"]) },
    blocks: Array.isArray(blocks) ? blocks : [],
  };
}
