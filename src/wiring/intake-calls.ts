import type { QueueSettings } from "../adapters/bullmq/settings.ts";
import type { Page, PagePath } from "../adapters/http/pages.ts";
import type { LogOptions } from "../adapters/log/create-log.ts";
import type { SlackSettings } from "../adapters/slack/settings.ts";
import type { Slack } from "../adapters/slack/slack.ts";
import type { Config, SlackConfig } from "../config/build.ts";
import type { Chat } from "../ports/chat.ts";
import type { Receive } from "../ports/inbound.ts";
import type { Metrics } from "../ports/metrics.ts";
import type { AlertRule } from "../domain/alert-rule.ts";

/** What the intake is told at its start. It is copied into the thread: plain data only. Secrets are in here. */
export type IntakeSettings = Pick<Config, "http" | "webhooks"> &
  Pick<SlackConfig, "alertChannels"> & {
    readonly slack: SlackSettings;
    readonly queue: QueueSettings;
    readonly rules: readonly AlertRule[];
    readonly log: Pick<LogOptions, "level" | "secrets">;
  };

/** What the work asks of the intake. */
export type IntakeCalls = {
  /** Returns the URL. Throws when it cannot listen there, or Slack does not take the token. */
  listen(): Promise<string>;
  takeFromSlack(): Promise<void>;
  /** Takes nothing more from Slack; what was taken is acknowledged. */
  stopTaking(): Promise<void>;
  close(): Promise<void>;
};

/** What the intake asks of the work, each of which waits for the work's turn. */
export type WorkCalls = Pick<Chat, "respond" | "whisper"> &
  Pick<Metrics, "received" | "duplicateDropped"> & {
    readonly atOnce: Receive;
    /** A line for the log: one thread writes. */
    logged(line: string): void;
    page(path: PagePath, slack: ReturnType<Slack["connection"]>): Promise<Page>;
  };
