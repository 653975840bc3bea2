import type { Chat } from "../../ports/chat.ts";
import type { Answer, Inbound } from "../../ports/inbound.ts";
import { cutText } from "./cut-text.ts";

export const NOT_STARTED =
  "Sorry, I could not take this on: nothing has been started. Please try again in a minute; if it stays like this, my queue or store is down and an operator must look.";
export const NOT_IN_TIME =
  "Sorry, I could not take this on in time, and I do not know whether it will start. Nothing runs twice: look at `/oom incidents`, then ask again if it is not there.";

// The words of a dialog have one section; what is said here is a sentence or two.
const MAX_SAID = 3000;

/** A body for an acknowledgement. Source: Slack, "Responding to commands", "Modal response actions". */
export type AckBody = Readonly<Record<string, unknown>>;

/** What goes into the acknowledgement, and what must be said after it by a call of its own. */
export type Reply = { readonly body?: AckBody; readonly after?: (chat: Pick<Chat, "respond" | "whisper">) => Promise<void> };

/** Where an answer can be said depends on what came in: a command takes words back, a click has its response_url, ... */
export function replyTo(inbound: Inbound, answer: Answer): Reply {
  if (answer.kind === "ok") return {};
  if (answer.kind === "field-errors" && inbound.kind === "submission") {
    return { body: { response_action: "errors", errors: answer.errors } };
  }
  const text = cutText(answer.kind === "say" ? answer.text : Object.values(answer.errors).join("\n"), MAX_SAID);
  const message = { text, blocks: [] };
  switch (inbound.kind) {
    case "command":
      return { body: { response_type: "ephemeral", text } };
    case "submission":
      return { body: { response_action: "update", view: notice(text) } };
    case "mention": {
      const place = { channel: inbound.channel, ...(inbound.threadTs !== undefined && { threadTs: inbound.threadTs }) };
      return { after: (chat) => chat.whisper(place, inbound.userId, message) };
    }
    case "click":
    case "shortcut": {
      const { responseUrl, userId } = inbound;
      const channel = inbound.kind === "click" ? inbound.channel : inbound.post.channel;
      return {
        after: (chat) => (responseUrl === undefined ? chat.whisper({ channel }, userId, message) : chat.respond(responseUrl, message)),
      };
    }
    case "post":
      return {};
  }
}

/** A dialog has no other place for words than itself. */
function notice(text: string): AckBody {
  return {
    type: "modal",
    title: { type: "plain_text", text: "Oomph" },
    close: { type: "plain_text", text: "Close" },
    blocks: [{ type: "section", text: { type: "mrkdwn", text } }],
  };
}
