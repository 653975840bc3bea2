import { z } from "zod";
import { channel, channels, duration, durationFrom, loopbackUrl, oneOf, postgresUrl, queueUrl, text, token, whole } from "./kinds.ts";
import { optional, setting } from "./setting-schema.ts";

export const slack = z.strictObject({
  mode: setting(oneOf("socket", "http"), {
    says: "How Slack reaches Oomph: `socket` needs no public address, `http` receives requests at /slack/events",
    env: "OOMPH_SLACK_MODE",
    fallback: "socket",
  }),
  botToken: setting(token("xoxb-", "the bot token"), { says: "Acts as the bot", env: "SLACK_BOT_TOKEN", secret: true }),
  appToken: optional(token("xapp-", "an app-level token with connections:write"), {
    says: "Opens the socket; needed with mode `socket`",
    env: "SLACK_APP_TOKEN",
    secret: true,
  }),
  signingSecret: optional(text, {
    expected: "the app's signing secret",
    says: "Proves that a request is Slack's; needed with mode `http`",
    env: "SLACK_SIGNING_SECRET",
    secret: true,
  }),
  alertChannels: setting(channels, {
    says: "Posts about memory in these channels are investigated in their thread",
    env: "OOMPH_SLACK_ALERT_CHANNELS",
    fallback: "[]",
  }),
  incidentChannel: setting(channel, {
    says: "Gets the threads of investigations that were asked for elsewhere",
    env: "OOMPH_SLACK_INCIDENT_CHANNEL",
  }),
  fallbackChannel: optional(channel, {
    says: "Is told what could not be posted where it belongs; without it the incident channel is",
    env: "OOMPH_SLACK_FALLBACK_CHANNEL",
  }),
  timeout: setting(duration, { says: "Longest wait for one call to Slack", env: "OOMPH_SLACK_TIMEOUT", fallback: "10s" }),
  apiUrl: optional(loopbackUrl, { says: "Another Web API than Slack's, for a local Slack in tests", env: "OOMPH_SLACK_API_URL" }),
});

export const queue = z.strictObject({
  url: optional(queueUrl, {
    says: "Oomph's own Redis, for its queue: AOF on, `maxmemory-policy noeviction`. Oomph never acts on it",
    env: "REDIS_URL",
    secret: true,
  }),
});

export const store = z.strictObject({
  url: optional(postgresUrl, { says: "PostgreSQL; needed with more than one replica", env: "DATABASE_URL", secret: true }),
  path: optional(text, {
    expected: "the path of a file",
    says: "The embedded SQLite file, without PostgreSQL; `.oomph/oomph.sqlite` unless said otherwise",
    env: "OOMPH_SQLITE_PATH",
    path: true,
  }),
  busyTimeout: setting(duration, { says: "Longest wait for a locked database", env: "OOMPH_STORE_BUSY_TIMEOUT", fallback: "5s" }),
});

export const http = z.strictObject({
  host: setting(text, {
    expected: "an address to listen on",
    says: "Where health, metrics and Slack's requests are served",
    env: "OOMPH_HTTP_HOST",
    fallback: "127.0.0.1",
  }),
  port: setting(whole(0, 65_535), { says: "0 takes a free one", env: "OOMPH_HTTP_PORT", fallback: "8080" }),
});

export const log = z.strictObject({
  level: setting(oneOf("debug", "info", "warn", "error"), { says: "The least that is logged", env: "OOMPH_LOG_LEVEL", fallback: "info" }),
});

export const verification = z.strictObject({
  readings: setting(whole(2, 60), { says: "Readings after an action, that must be stable", fallback: "5" }),
  interval: setting(duration, { says: "Between two of them", fallback: "2s" }),
});

export const storms = z.strictObject({
  threads: setting(whole(1, 1_000), {
    says: "So many incidents that alerts or the watch open get threads of their own within `within`; further ones share a storm's thread",
    fallback: "8",
  }),
  criticalThreads: setting(whole(0, 1_000), { says: "So many critical ones get threads of their own besides", fallback: "8" }),
  within: setting(durationFrom("10s", "1h"), { says: "The time in which they are counted", fallback: "60s" }),
  investigations: setting(whole(1, 100), {
    says: "So many of a storm are looked into at once, the worst first; the rest wait",
    fallback: "4",
  }),
  replies: setting(whole(0, 1_000), {
    says: "So many reports are posted below a storm; of the rest its list has the verdict",
    fallback: "20",
  }),
  quiet: setting(durationFrom("10s", "24h"), {
    says: "A storm is over when none of its members was reported for so long and nothing is left to look into",
    fallback: "5m",
  }),
});

export const jobs = z.strictObject({
  lease: setting(duration, { says: "A target is held so long by an action that has stopped renewing its lease", fallback: "60s" }),
  takeover: setting(durationFrom("2s", "5m"), {
    says: "A job whose process has not been heard of for so long is taken over, by another process or by the same one started again",
    fallback: "10s",
  }),
  drain: setting(duration, { says: "Longest wait for running jobs when the process is told to end", env: "OOMPH_DRAIN", fallback: "25s" }),
  sweep: setting(duration, { says: "How often what was left behind by a crash is looked for", fallback: "30s" }),
});
