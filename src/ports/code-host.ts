import type { Label } from "../domain/escalation.ts";

/**
 * One repository on a code host, as Oomph uses it. Every method throws OomphError: `wrong-credentials` (401), `no-rights`
 * (403), `not-found` (404, 410), `refused` (422 and the like), `conflict` (409), `rate-limited` (429, or 403 with a time to
 * wait: `retryAfterMs`), `unreachable` (5xx, no answer) or `timed-out`. `retryable` tells whether it may get better by itself.
 * Nothing is retried in here. An aborted signal ends the call with `timed-out`.
 */
export type CodeHost = {
  /** `owner/name`. */
  readonly repository: string;
  /** Makes the labels that are missing; those that are there stay as they are. */
  ensureLabels(labels: readonly Label[], signal: AbortSignal): Promise<void>;
  /** The issue that carries this key, open or closed, opened at or after `sinceMs`; also one opened just now. */
  findIssue(key: string, sinceMs: number, signal: AbortSignal): Promise<Issue | undefined>;
  /** Opens an issue, without looking for an earlier one. */
  openIssue(issue: NewIssue, signal: AbortSignal): Promise<Issue>;
  /** Makes an issue agree with what it should say. Labels that people have put on it stay. */
  updateIssue(number: number, change: IssueChange, signal: AbortSignal): Promise<Issue>;
  /** Adds a comment, unless the issue has one with this key. */
  comment(number: number, comment: { readonly key: string; readonly text: string }, signal: AbortSignal): Promise<void>;
  /** A file as it is on a branch now; undefined: there is none. */
  readFile(file: { readonly path: string; readonly branch?: string }, signal: AbortSignal): Promise<RepositoryFile | undefined>;
  /**
   * Puts one file's new content on a branch of its own and asks for it to be merged. The branch's name is the key: asked
   * again after a lost answer, the same pull request is returned. Throws `conflict` (not retryable) where the file is not
   * `change.before` any more, or the branch is somebody else's.
   */
  proposeChange(change: ProposedChange, signal: AbortSignal): Promise<PullRequest>;
};

export type NewIssue = {
  /** By which a repeat is recognised: letters, digits, `_`, `-`, `/`. It is put into the body, where readers do not see it. */
  readonly key: string;
  readonly title: string;
  /** Markdown. */
  readonly body: string;
  /** Names. */
  readonly labels: readonly string[];
};

/** The title is left to people once an issue is open. */
export type IssueChange = {
  readonly key: string;
  readonly body: string;
  readonly addLabels: readonly string[];
  readonly removeLabels: readonly string[];
  /** Absent: as it is. */
  readonly state?: "open" | "closed";
};

export type Issue = { readonly number: number; readonly url: string };

export type RepositoryFile = { readonly path: string; readonly content: Uint8Array };

export type ProposedChange = {
  /** Unique to this change: `oomph/inc_1a2b3c4d`. */
  readonly branch: string;
  /** The branch that it is to be merged into; absent: the repository's default. */
  readonly base?: string;
  readonly path: string;
  /** The content that the change was made from. */
  readonly before: Uint8Array;
  readonly content: Uint8Array;
  /** Of the commit and of the pull request. */
  readonly title: string;
  /** Markdown. */
  readonly body: string;
};

export type PullRequest = { readonly number: number; readonly url: string; readonly state: "open" | "closed" };
