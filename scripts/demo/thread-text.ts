import type { Block, Text } from "../../src/domain/message.ts";
import { controlsOf, type LabMessage, type LabSlack } from "../lab/slack/index.ts";

const WIDTH = 100;

/** A thread as its reader sees it, as lines for a terminal: who, when, what, and what can be pressed. */
export function threadText(slack: LabSlack, thread: readonly LabMessage[]): string {
  return thread.map((message, index) => messageText(slack, message, index === 0 ? "" : "  │ ")).join("\n");
}

export function messageText(slack: LabSlack, message: LabMessage, indent = ""): string {
  const edited = message.edited === undefined ? "" : " (edited)";
  const header = `${indent}${authorOf(slack, message)}  ${clock(Number(message.ts) * 1000)}${edited}`;
  const body = readable(
    slack,
    message.blocks === undefined || message.blocks.length === 0 ? message.text : message.blocks.map(blockText).filter(Boolean).join("\n"),
  );
  const pressable = controlsOf(message.blocks ?? []).map(({ label }) => `[ ${label} ]`);
  const files = (message.files ?? []).map(({ name, title }) => `📎 ${name} (${title})`);
  const lines = [
    ...body
      .split("\n")
      .filter((line) => line !== "")
      .flatMap(wrap),
    ...files,
    ...(pressable.length === 0 ? [] : [pressable.join("  ")]),
  ];
  return [header, ...lines.map((line) => `${indent}${line}`), indent.trimEnd()].join("\n");
}

function authorOf(slack: LabSlack, message: LabMessage): string {
  if (message.user === slack.self.userId || message.bot_id === slack.self.botId) return "Oomph";
  return nameOf(slack, message.user ?? "") ?? "Alertmanager";
}

function blockText(block: Block): string {
  switch (block.type) {
    case "header":
      return block.text.text;
    case "section":
      return [block.text, ...(block.fields ?? [])]
        .filter((part): part is Text => part !== undefined)
        .map(({ text }) => (block.fields === undefined ? text : text.replace(/^(\*[^*\n]+\*)\n/, "$1 ")))
        .join("\n");
    case "context":
      return block.elements.map(({ text }) => text).join(" · ");
    case "divider":
      return "─".repeat(40);
    case "actions":
    case "input":
      return "";
  }
}

/** Slack's markup as its reader sees it. */
export function readable(slack: LabSlack, text: string): string {
  return text
    .replace(/<!date\^(\d+)\^[^|>]*\|?[^>]*>/g, (_all, seconds: string) => moment(Number(seconds) * 1000))
    .replace(/<@(\w+)>/g, (_all, id: string) => `@${nameOf(slack, id) ?? id}`)
    .replace(/<#(\w+)>/g, (_all, id: string) => `#${channelName(slack, id) ?? id}`)
    .replace(/<!(channel|here|everyone)>/g, "@$1")
    .replace(/<([^|>]+)\|([^>]+)>/g, "$2")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}

function nameOf(slack: LabSlack, id: string): string | undefined {
  return Object.entries(slack.users).find(([, userId]) => userId === id)?.[0];
}

function channelName(slack: LabSlack, id: string): string | undefined {
  return Object.entries(slack.channels).find(([, channelId]) => channelId === id)?.[0];
}

/** As Slack has it: with its day where that is not today. */
function moment(ms: number): string {
  const at = new Date(ms);
  if (at.toDateString() === new Date().toDateString()) return clock(ms);
  return `${at.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" })} ${clock(ms)}`;
}

function clock(ms: number): string {
  return new Date(ms).toLocaleTimeString("en-GB", { hour12: false });
}

function wrap(line: string): readonly string[] {
  const lines: string[] = [];
  let rest = line;
  while (rest.length > WIDTH) {
    const space = rest.lastIndexOf(" ", WIDTH);
    const at = space > WIDTH / 2 ? space : WIDTH;
    lines.push(rest.slice(0, at));
    rest = `  ${rest.slice(at).trimStart()}`;
  }
  return [...lines, rest];
}
