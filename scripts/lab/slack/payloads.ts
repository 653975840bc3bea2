import { randomBytes } from "node:crypto";
import type { LabSlack } from "./start-slack.ts";
import type { LabMessage, LabModal, Sendable } from "./types.ts";

/** Builds what Slack sends to an app. Source: Slack, "Interaction payloads", "Events API", "Slash commands". */
export type Payloads = ReturnType<typeof createPayloads>;

type Who = { readonly user: string; readonly channel: string };
type Control = { readonly type: string; readonly action_id: string } & Readonly<Record<string, unknown>>;

export function createPayloads(slack: LabSlack) {
  const team = { team_id: slack.self.teamId, api_app_id: slack.self.appId };
  const responseUrl = (who: Who): string => `${slack.apiUrl.replace("/api/", "/response/")}${slack.tickets.response(who)}`;
  const interaction = (who: Who) => ({
    team: { id: slack.self.teamId, domain: "lab" },
    api_app_id: slack.self.appId,
    user: { id: who.user, username: who.user, team_id: slack.self.teamId },
    trigger_id: slack.tickets.trigger(who),
    token: "made-up",
  });
  const event = (inner: Readonly<Record<string, unknown>>): Sendable => ({
    kind: "event",
    payload: {
      ...team,
      type: "event_callback",
      event_id: `Ev${randomBytes(6).toString("hex").toUpperCase()}`,
      event_time: Math.floor(Date.now() / 1000),
      authorizations: [{ team_id: slack.self.teamId, user_id: slack.self.userId, is_bot: true }],
      event: inner,
    },
  });

  return {
    event,
    command: (who: Who, command: string, text: string): Sendable => ({
      kind: "command",
      payload: {
        ...team,
        command,
        text,
        user_id: who.user,
        user_name: who.user,
        channel_id: who.channel,
        channel_name: "lab",
        response_url: responseUrl(who),
        trigger_id: slack.tickets.trigger(who),
        is_enterprise_install: "false",
      },
    }),
    click: (who: Who, message: LabMessage, control: Control): Sendable => ({
      kind: "interactive",
      payload: {
        ...interaction(who),
        type: "block_actions",
        container: {
          type: "message",
          message_ts: message.ts,
          channel_id: message.channel,
          is_ephemeral: false,
          ...(message.thread_ts && { thread_ts: message.thread_ts }),
        },
        channel: { id: message.channel, name: "lab" },
        message,
        response_url: responseUrl(who),
        actions: [{ ...control, block_id: "lab", action_ts: newTs() }],
      },
    }),
    submission: (modal: LabModal, values: Readonly<Record<string, string>>): Sendable => ({
      kind: "interactive",
      payload: {
        ...interaction({ user: modal.user, channel: "" }),
        type: "view_submission",
        view: { ...modal.view, id: modal.id, hash: modal.hash, state: { values: stateOf(modal, values) } },
      },
    }),
    shortcut: (who: Who, message: LabMessage, callbackId: string): Sendable => ({
      kind: "interactive",
      payload: {
        ...interaction(who),
        type: "message_action",
        callback_id: callbackId,
        message_ts: message.ts,
        channel: { id: message.channel, name: "lab" },
        message: { type: "message", ...message },
        response_url: responseUrl(who),
        action_ts: newTs(),
      },
    }),
    message: (message: LabMessage, subtype?: string): Sendable =>
      event({ type: "message", ...(subtype && { subtype }), ...message, channel_type: "channel", event_ts: message.ts }),
    changed: (message: LabMessage, previous: LabMessage): Sendable =>
      event({
        type: "message",
        subtype: "message_changed",
        hidden: true,
        channel: message.channel,
        channel_type: "channel",
        ts: newTs(),
        message: { type: "message", ...message },
        previous_message: { type: "message", ...previous },
      }),
    mention: (message: LabMessage): Sendable => event({ ...message, type: "app_mention", event_ts: message.ts }),
  };
}

function stateOf(modal: LabModal, values: Readonly<Record<string, string>>) {
  const inputs = modal.view.blocks.filter((block) => block.type === "input");
  const unknown = Object.keys(values).filter((id) => !inputs.some((input) => input.block_id === id));
  if (unknown.length > 0)
    throw new Error(`expected fields of the dialog (${inputs.map((input) => input.block_id).join(", ")}), got ${unknown.join(", ")}`);
  return Object.fromEntries(
    inputs.map(({ block_id, element }) => [block_id, { [element.action_id]: { type: element.type, value: values[block_id] ?? null } }]),
  );
}

function newTs(): string {
  return (Date.now() / 1000).toFixed(6);
}
