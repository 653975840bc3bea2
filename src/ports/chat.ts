import type { Mark } from "../domain/delivery.ts";
import type { Message, Modal } from "../domain/message.ts";

/** Where a message stands. */
export type Posted = { readonly channel: string; readonly ts: string };

export type Place = {
  /** Channel id, or a user id for a direct message. */
  readonly channel: string;
  readonly threadTs?: string;
};

/** A message as the chat takes it. */
export type Fitted = {
  /** One after the other. */
  readonly messages: readonly [Message, ...Message[]];
  /** Where it is too long even for several: all that it says, for a file. The one message says where that is. */
  readonly whole?: string;
};

export type ChatFile = { readonly name: string; readonly title: string; readonly content: Uint8Array };

/**
 * A chat as Oomph uses it. Every method throws `ChatRefusal` when the chat says no or cannot be reached; adapters do not
 * retry by themselves beyond one connection attempt: the outbox does.
 */
export type Chat = {
  /** Within the chat's limits, nothing lost: what `post`, `update`, `respond` and `whisper` take. Asks nobody. */
  fit(message: Message, fileIs: string): Fitted;
  /** `key` goes along as message metadata, so that `find` can tell whether a post whose answer was lost has arrived. */
  post(place: Place, message: Message, key: string): Promise<Posted>;
  /** Replaces a message in place. */
  update(posted: Posted, message: Message): Promise<void>;
  /** Oomph's reaction on anybody's message, where it may stand already. `replaces`: the other one may, and goes. */
  mark(posted: Posted, mark: Mark, how: { readonly replaces: boolean }): Promise<void>;
  /** A message that carries this key, posted at or after `sinceMs`, if there is one. */
  find(place: Place, key: string, sinceMs: number): Promise<Posted | undefined>;
  /** Answers a command or click, seen by its sender only. `responseUrl` is good for 30 minutes and 5 answers. */
  respond(responseUrl: string, message: Message): Promise<void>;
  /** Seen by one user only; not kept by Slack. */
  whisper(place: Place, userId: string, message: Message): Promise<void>;
  /** `triggerId` is good for 3 seconds. */
  openModal(triggerId: string, modal: Modal): Promise<void>;
  /** Its id. */
  upload(place: Place, file: ChatFile): Promise<string>;
  /** The id of a file with this name and title that stands there, shared at or after `sinceMs`, if there is one. */
  findFile(place: Place, file: Pick<ChatFile, "name" | "title">, sinceMs: number): Promise<string | undefined>;
  /** Takes away a file of Oomph's own. */
  removeFile(fileId: string): Promise<void>;
  /** User ids in a user group (`S...`). */
  groupMembers(groupId: string): Promise<readonly string[]>;
  permalink(posted: Posted): Promise<string>;
  /** Who Oomph is: checks the token. */
  self(): Promise<{ readonly userId: string; readonly botId: string; readonly teamId: string }>;
};

export type ChatRefusalCode =
  /** 429: try again after `retryAfterMs`. */
  | "rate-limited"
  /** 5xx, no answer, connection refused: may or may not have arrived. */
  | "unavailable"
  /** channel_not_found, not_in_channel, is_archived, no such user: will not get better by itself. */
  | "no-such-place"
  /** invalid_blocks, msg_too_long: send it plainer. */
  | "message-refused"
  /** message_not_found, cant_update_message, edit_window_closed. */
  | "message-gone"
  /** invalid_auth, token_revoked, missing_scope: the operator must act. */
  | "no-rights"
  /** trigger expired, response_url used up. */
  | "too-late";

export class ChatRefusal extends Error {
  readonly code: ChatRefusalCode;
  readonly retryAfterMs: number | undefined;

  constructor(code: ChatRefusalCode, message: string, details: { readonly retryAfterMs?: number; readonly cause?: unknown } = {}) {
    super(message, { cause: details.cause });
    this.name = "ChatRefusal";
    this.code = code;
    this.retryAfterMs = details.retryAfterMs;
  }
}
