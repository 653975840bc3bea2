import type { Block, Modal } from "../../../src/domain/message.ts";

/** A message as the Web API returns it, with what it leaves to the caller: the channel. */
export type LabMessage = {
  readonly channel: string;
  readonly ts: string;
  readonly thread_ts?: string;
  readonly user?: string;
  readonly bot_id?: string;
  readonly app_id?: string;
  readonly text: string;
  readonly blocks?: readonly Block[];
  readonly attachments?: readonly unknown[];
  readonly metadata?: { readonly event_type: string; readonly event_payload: Readonly<Record<string, unknown>> };
  readonly reactions?: readonly { readonly name: string; readonly users: readonly string[] }[];
  readonly edited?: { readonly user: string; readonly ts: string };
  readonly files?: readonly { readonly id: string; readonly name: string; readonly title: string }[];
};

/** A message that only `user` has seen. */
export type LabEphemeral = {
  readonly channel: string;
  readonly user: string;
  readonly thread_ts?: string;
  readonly text: string;
  readonly blocks: readonly Block[];
};

/** What came in at a response_url. */
export type LabResponse = {
  readonly channel: string;
  readonly user: string;
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly ephemeral: boolean;
  readonly replacesOriginal: boolean;
};

/** An open dialog. */
export type LabModal = { readonly id: string; readonly hash: string; readonly user: string; readonly view: Modal };

/** One call of the Web API or of a response_url (method `response_url`), as it came in. */
export type LabCall = {
  readonly method: string;
  readonly channel: string | undefined;
  readonly params: Readonly<Record<string, unknown>>;
  readonly atMs: number;
  /** `ok`, Slack's error code, `http 500`, `hang` or `answer-lost`. */
  readonly outcome: string;
};

/** Makes the next calls go wrong. */
export type LabFault = {
  /** `chat.postMessage`, `response_url`, ...; absent: every method. */
  readonly method?: string;
  readonly channel?: string;
  /** Only calls that have blocks: as a workspace does that takes none. */
  readonly withBlocks?: true;
  /** How many calls; absent: one. */
  readonly times?: number;
  readonly does:
    | { readonly kind: "rate-limited"; readonly retryAfterSeconds: number }
    | { readonly kind: "status"; readonly status: number }
    /** `channel_not_found`, `not_in_channel`, `invalid_blocks`, ... */
    | { readonly kind: "error"; readonly error: string }
    /** Nothing is done and no answer comes. */
    | { readonly kind: "hang" }
    /** It is done, and the connection breaks before the answer. */
    | { readonly kind: "answer-lost" };
};

export type StartSlackOptions = {
  /** Names of people to have; absent: responder, approver, second_approver, admin, bystander. */
  readonly users?: readonly string[];
  /** Absent: alerts, incidents. */
  readonly channels?: readonly string[];
  /** User groups: name → names of their members. */
  readonly groups?: Readonly<Record<string, readonly string[]>>;
  /** Keeps to Slack's pace, that of each method and about one post a second in a channel. Off unless asked for. */
  readonly paced?: boolean;
};

/** What happened to an envelope or request that was sent to the app. */
export type Delivered = {
  /** HTTP status; over Socket Mode 200 when acknowledged, 0 when not within 3 s. */
  readonly status: number;
  /** Body of the acknowledgement; parsed where it is JSON, "" where it is empty. */
  readonly body: unknown;
  readonly tookMs: number;
  readonly sent: Sendable;
};

/** Something that Slack sends to an app, before it is put into a transport. */
export type Sendable = { readonly kind: "command" | "interactive" | "event"; readonly payload: Readonly<Record<string, unknown>> };

export type SendOptions = {
  /** Sent as the n-th repetition of an event. */
  readonly retryNum?: number;
  /** HTTP only: signed with another secret. */
  readonly forged?: boolean;
  /** HTTP only: signed that long ago. */
  readonly agedMs?: number;
  /** Clicks only: another value than the message has. */
  readonly forgedValue?: string;
};
