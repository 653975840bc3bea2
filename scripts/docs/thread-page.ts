import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { createElement, type FunctionComponent, type ReactElement } from "react";
import type { Block as RenderedBlock, MessageProps } from "slack-blocks-to-jsx";
import type { Block, Message as OomphMessage } from "../../src/domain/message.ts";
import type { LabMessage, LabSlack } from "../lab/slack/index.ts";

// Loaded as CommonJS: react-dom brings no types of its own, and the renderer must share one React with it.
const require = createRequire(import.meta.url);
const { Message }: { readonly Message: FunctionComponent<MessageProps> } = require("slack-blocks-to-jsx");
const { renderToStaticMarkup }: { readonly renderToStaticMarkup: (element: ReactElement) => string } = require("react-dom/server");

/** One message of a page: who, when, what. Without blocks the text is shown. */
export type PageMessage = {
  readonly author: string;
  readonly atMs: number;
  /** Not below the first one. */
  readonly isAlone?: true;
  readonly message: Pick<OomphMessage, "text"> & {
    readonly blocks?: readonly Block[];
    readonly files?: readonly { readonly name: string; readonly title: string }[];
    readonly reactions?: readonly { readonly name: string; readonly users: readonly string[] }[];
  };
};

/** What ids are called: people, channels, groups. */
export type PageNames = { readonly users: Readonly<Record<string, string>>; readonly channels: Readonly<Record<string, string>>; readonly groups?: Readonly<Record<string, string>> };

/** A self-contained page that looks like a Slack thread: its first message is the root, unless they stand alone. Nothing in it can be pressed. */
export async function renderThreadPage(messages: readonly PageMessage[], names: PageNames): Promise<string> {
  const style = await readFile(require.resolve("slack-blocks-to-jsx/dist/style.css"), "utf8");
  const [root, ...others] = messages.map((one) => rendered(one, names));
  const replies = messages.slice(1).filter(({ isAlone }) => isAlone !== true).length;
  const count = replies === 0 ? "" : `<p class="replies">${replies} ${replies === 1 ? "reply" : "replies"}</p>`;
  return [
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Thread</title>`,
    `<style>${style}${PAGE_STYLE}</style></head><body><main>${root ?? ""}${count}${others.join("")}</main></body></html>`,
  ].join("\n");
}

/** A thread of the local Slack as a page. */
export async function threadPage(thread: readonly LabMessage[], slack: LabSlack): Promise<string> {
  const { messages, names } = fromSlack(thread, slack);
  return renderThreadPage(messages, names);
}

/** Messages of the local Slack, for a page. */
export function fromSlack(
  thread: readonly LabMessage[],
  slack: LabSlack,
): { readonly messages: readonly PageMessage[]; readonly names: PageNames } {
  const swapped = (byName: Readonly<Record<string, string>>) => Object.fromEntries(Object.entries(byName).map(([name, id]) => [id, name]));
  const names = { users: swapped(slack.users), channels: swapped(slack.channels) };
  const messages = thread.map((message) => ({ author: authorOf(message, slack, names), atMs: Number(message.ts) * 1000, message }));
  return { messages, names };
}

function authorOf(message: LabMessage, slack: LabSlack, names: PageNames): string {
  if (message.user === slack.self.userId || message.bot_id === slack.self.botId) return "Oomph";
  return names.users[message.user ?? ""] ?? "Alertmanager";
}

function rendered({ author, atMs, message }: PageMessage, names: PageNames): string {
  const blocks = message.blocks === undefined || message.blocks.length === 0 ? [{ type: "section", text: { type: "mrkdwn", text: message.text } }] : message.blocks;
  const data = {
    users: Object.entries(names.users).map(([id, name]) => ({ id, name })),
    channels: Object.entries(names.channels).map(([id, name]) => ({ id, name })),
    user_groups: Object.entries(names.groups ?? {}).map(([id, name]) => ({ id, name })),
  };
  // Our blocks are Slack's, only read-only: a copy is what the renderer takes.
  const copy: RenderedBlock[] = JSON.parse(JSON.stringify(blocks, (_key, value: unknown) => (typeof value === "string" ? asRendered(value) : value)));
  const markup = renderToStaticMarkup(createElement(Message, { blocks: copy, name: author, logo: portrait(author), time: new Date(atMs), theme: "light", data }));
  const files = (message.files ?? []).map(({ name, title }) => `<p class="file">📎 <b>${escaped(name)}</b> ${escaped(title)}</p>`);
  const reactions = (message.reactions ?? []).map(({ name, users }) => `<span class="reaction">${EMOJI[name] ?? `:${escaped(name)}:`} ${users.length}</span>`);
  const below = reactions.length === 0 ? "" : `<p class="reactions">${reactions.join("")}</p>`;
  return `<article>${markup.replaceAll(GREATER, "&gt;")}${files.join("")}${below}</article>`;
}

/** Of reactions: Oomph's marks. */
const EMOJI: Readonly<Record<string, string>> = { eyes: "👀", white_check_mark: "✅" };
// Nobody writes it; the renderer would put a space behind the sign itself.
const GREATER = "\ue000";

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

/** The renderer doubles asterisks inside code. */
function asRendered(text: string): string {
  return text.replace(/```[^`]*```|`[^`]*`/g, (span) => span.replaceAll("*", "\u2217")).replaceAll("&gt;", GREATER);
}

/** A coloured square with the first letter, so that the page needs nothing from the network. */
function portrait(author: string): string {
  const hue = Array.from(author).reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0) * 37, 0) % 360;
  const letter = author.slice(0, 1).toUpperCase().replace(/[^A-Z]/, "?");
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="36" height="36"><rect width="36" height="36" rx="6" fill="hsl(${hue},45%,42%)"/><text x="18" y="25" font-family="Liberation Sans,sans-serif" font-size="20" font-weight="bold" fill="#fff" text-anchor="middle">${letter}</text></svg>`;
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}`;
}

const PAGE_STYLE = `
body { margin: 0; background: #fff; font-family: Lato, "Liberation Sans", Arial, "Noto Color Emoji", sans-serif; color: #1d1c1d; }
main { max-width: 720px; margin: 0 auto; padding: 8px 16px 16px; }
article { padding: 6px 0; }
article section { max-width: none !important; }
.replies { margin: 4px 0; color: #616061; font-size: 13px; border-bottom: 1px solid #ddd; padding-bottom: 6px; }
.file { margin: 4px 0 4px 44px; padding: 8px 10px; border: 1px solid #ddd; border-radius: 8px; font-size: 14px; }
.grid { column-gap: 12px; }
.reactions { margin: 4px 0 0 44px; }
.reaction { display: inline-block; margin-right: 4px; padding: 1px 8px; border: 1px solid #1264a3; border-radius: 12px; background: #e8f2fa; font-size: 13px; }
code { font-family: "Liberation Mono", monospace !important; }
`;
