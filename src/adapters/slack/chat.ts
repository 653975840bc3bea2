import type { Mark } from "../../domain/delivery.ts";
import type { Message } from "../../domain/message.ts";
import { ChatRefusal, type Chat, type Place } from "../../ports/chat.ts";
import { fitMessage, fitModal } from "./fit-message.ts";
import { httpRefusal, nameOf, rateLimitedBy } from "./refusal.ts";
import type { PostToResponseUrl } from "./response-url.ts";
import { GroupMembersReply, MessagesReply, PermalinkReply, PostReply, SelfReply, UploadReply } from "./schema.ts";
import type { CallSlack } from "./web-client.ts";

const EVENT_TYPE = "oomph";
// How far Slack's clock may be behind ours.
const CLOCK_SLACK_MS = 60_000;
const PAGE = 200;
// find: after 2,000 messages since the attempt, ours will not come.
const MAX_PAGES = 10;

const REACTIONS: Readonly<Record<Mark, string>> = { open: "eyes", over: "white_check_mark" };

export type SlackChatParts = {
  readonly call: CallSlack;
  readonly postToResponseUrl: PostToResponseUrl;
  readonly timeoutMs: number;
};

/** The Chat of ports/chat.ts on Slack's Web API. */
export function createSlackChat({ call, postToResponseUrl, timeoutMs }: SlackChatParts): Chat {
  // Posts may name a person; edits need the id of their direct messages, which the answer to a post tells.
  const direct = new Map<string, string>();
  return {
    fit: fitMessage,
    async post(place, message, key) {
      const metadata = { event_type: EVENT_TYPE, event_payload: { key } };
      const { channel, ts } = PostReply.parse(await call("chat.postMessage", { ...to(place), ...contentOf(message), metadata }));
      if (isPerson(place.channel)) direct.set(place.channel, channel);
      return { channel, ts };
    },
    async update(posted, message) {
      const { ts } = posted;
      const channel = isPerson(posted.channel) ? direct.get(posted.channel) : posted.channel;
      if (channel === undefined) throw new ChatRefusal("message-gone", "chat.update: a direct message of before the start cannot be found");
      // Without blocks an edit would leave those that stand there.
      await call("chat.update", { channel, ts, ...contentOf(message), blocks: message.blocks });
    },
    async mark({ channel, ts: timestamp }, mark, { replaces }) {
      const item = { channel, timestamp };
      // The new one first: at no moment does the post look as if nobody had seen it.
      await unlessSo("already_reacted", () => call("reactions.add", { ...item, name: REACTIONS[mark] }));
      for (const name of replaces ? Object.values(REACTIONS) : [])
        if (name !== REACTIONS[mark]) await unlessSo("no_reaction", () => call("reactions.remove", { ...item, name }));
    },
    async find(place, key, sinceMs) {
      const isIt = ({ metadata }: Standing): boolean => metadata?.event_type === EVENT_TYPE && metadata.event_payload["key"] === key;
      const found = await find(call, { place, sinceMs, isIt });
      return found === undefined ? undefined : { channel: place.channel, ts: found.ts };
    },
    respond: (responseUrl, message) =>
      postToResponseUrl(responseUrl, { response_type: "ephemeral", replace_original: false, ...contentOf(message) }),
    async whisper(place, userId, message) {
      await call("chat.postEphemeral", { ...to(place), user: userId, ...contentOf(message) });
    },
    async openModal(triggerId, modal) {
      await call("views.open", { trigger_id: triggerId, view: fitModal(modal) });
    },
    async upload(place, { name, title, content }) {
      const { upload_url, file_id } = UploadReply.parse(
        await call("files.getUploadURLExternal", { filename: name, length: content.byteLength }),
      );
      await sendBytes(upload_url, content, timeoutMs);
      await call("files.completeUploadExternal", {
        files: [{ id: file_id, title }],
        // Only this one takes people too.
        ...(isPerson(place.channel) ? { channels: place.channel } : { channel_id: place.channel }),
        ...(place.threadTs !== undefined && { thread_ts: place.threadTs }),
      });
      return file_id;
    },
    async findFile(place, { name, title }, sinceMs) {
      const fileIn = ({ files }: Standing) => files?.find((file) => file.name === name && file.title === title);
      const found = await find(call, { place, sinceMs, isIt: (message) => fileIn(message) !== undefined });
      return found === undefined ? undefined : fileIn(found)?.id;
    },
    async removeFile(fileId) {
      await call("files.delete", { file: fileId });
    },
    async groupMembers(groupId) {
      return GroupMembersReply.parse(await call("usergroups.users.list", { usergroup: groupId })).users;
    },
    async permalink({ channel, ts }) {
      return PermalinkReply.parse(await call("chat.getPermalink", { channel, message_ts: ts })).permalink;
    },
    async self() {
      const { user_id, bot_id, team_id } = SelfReply.parse(await call("auth.test", {}));
      return { userId: user_id, botId: bot_id, teamId: team_id };
    },
  };
}

/** A message as it is read back. */
type Standing = ReturnType<typeof MessagesReply.parse>["messages"][number];
type Wanted = { readonly place: Place; readonly sinceMs: number; readonly isIt: (message: Standing) => boolean };

async function find(call: CallSlack, { place, sinceMs, isIt }: Wanted): Promise<Standing | undefined> {
  // Direct messages cannot be read back with Oomph's scopes: one whose answer was lost may come twice.
  if (isPerson(place.channel)) return undefined;
  const method = place.threadTs === undefined ? "conversations.history" : "conversations.replies";
  const oldest = ((sinceMs - CLOCK_SLACK_MS) / 1000).toFixed(6);
  const params = {
    channel: place.channel,
    ...(place.threadTs !== undefined && { ts: place.threadTs }),
    oldest,
    limit: PAGE,
    include_all_metadata: true,
  };

  let cursor = "";
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const reply = MessagesReply.parse(await call(method, { ...params, ...(cursor !== "" && { cursor }) }));
    const found = reply.messages.find(isIt);
    if (found !== undefined) return found;
    cursor = reply.response_metadata?.next_cursor ?? "";
    if (cursor === "") return undefined;
  }
  return undefined;
}

/** Slack's name for: it is so already. */
async function unlessSo(name: string, ask: () => Promise<unknown>): Promise<void> {
  try {
    await ask();
  } catch (error) {
    if (nameOf(error) !== name) throw error;
  }
}

function to(place: Place): Readonly<Record<string, string>> {
  return { channel: place.channel, ...(place.threadTs !== undefined && { thread_ts: place.threadTs }) };
}

function isPerson(channel: string): boolean {
  return /^[UW]/.test(channel);
}

function contentOf({ text, blocks }: Message) {
  return { text, ...(blocks.length > 0 && { blocks }), unfurl_links: false, unfurl_media: false };
}

async function sendBytes(url: string, content: Uint8Array, timeoutMs: number): Promise<void> {
  const answer = await fetch(url, {
    method: "POST",
    body: new Uint8Array(content),
    redirect: "error",
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((error: unknown) => {
    throw new ChatRefusal("unavailable", "file upload: no answer from Slack", { cause: error });
  });
  if (answer.status === 429) throw rateLimitedBy("file upload", answer.headers.get("retry-after"));
  if (!answer.ok) throw httpRefusal("file upload", answer.status);
}
