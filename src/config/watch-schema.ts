import { z } from "zod";
import { channel, duration, flag, oneOf, text, whole } from "./kinds.ts";
import { apiUrl, mailAddresses, repository, triggers } from "./outside-kinds.ts";
import { optional, setting } from "./setting-schema.ts";

export const watch = z.strictObject({
  enabled: setting(flag, { says: "Looks at every container by itself, and follows Docker's events", env: "OOMPH_WATCH", fallback: "true" }),
  every: setting(duration, { says: "Time between two looks", env: "OOMPH_WATCH_EVERY", fallback: "5m" }),
  warning: setting(whole(1, 99), { says: "Percent of the limit", fallback: "70" }),
  critical: setting(whole(2, 100), { says: "Percent of the limit", fallback: "85" }),
  hold: setting(whole(1, 100), { says: "So many looks in a row must say the same before a level changes", fallback: "2" }),
  keep: setting(duration, { says: "How long readings are kept; those older than a day are thinned out", fallback: "30d" }),
  channel: optional(channel, { says: "Gets what the watch opens; without it the incident channel does", env: "OOMPH_WATCH_CHANNEL" }),
  weekly: setting(flag, { says: "Posts a report each Monday: trends, spikes, who is closest to the limit", fallback: "true" }),
  monthly: setting(flag, { says: "Posts advice on limits on the first of each month", fallback: "true" }),
});

export const github = z.strictObject({
  token: optional(text, {
    expected: "a fine-grained token",
    says: "Issues read and write; for pull requests also contents and pull requests",
    env: "GITHUB_TOKEN",
    secret: true,
  }),
  repository: optional(repository, { says: "Where incidents become issues", env: "OOMPH_GITHUB_REPOSITORY" }),
  apiUrl: setting(apiUrl, {
    says: "GitHub Enterprise: `https://<host>/api/v3`",
    env: "OOMPH_GITHUB_API_URL",
    fallback: "https://api.github.com",
  }),
  timeout: setting(duration, { says: "Longest wait for one answer", fallback: "10s" }),
});

export const mail = z.strictObject({
  host: optional(text, { expected: "a host name or address", says: "The SMTP server", env: "OOMPH_SMTP_HOST" }),
  port: setting(whole(1, 65_535), { says: "Of it", env: "OOMPH_SMTP_PORT", fallback: "587" }),
  tls: setting(oneOf("starttls", "implicit", "none"), {
    says: "`starttls` (587), `implicit` (465), or `none` for a relay on the same host",
    env: "OOMPH_SMTP_TLS",
    fallback: "starttls",
  }),
  ca: optional(text, { expected: "certificates as PEM text", says: "Who may have signed the server's certificate", secret: true }),
  user: optional(text, { says: "Who logs in", env: "OOMPH_SMTP_USER" }),
  password: optional(text, { says: "Of that user", env: "OOMPH_SMTP_PASSWORD", secret: true }),
  from: optional(text, { expected: "an address such as oomph@example.com", says: "The sender", env: "OOMPH_MAIL_FROM" }),
  to: setting(mailAddresses, { says: "Who gets it", env: "OOMPH_MAIL_TO", fallback: "[]" }),
  timeout: setting(duration, { says: "Longest wait for one answer", fallback: "20s" }),
});

export const escalation = z.strictObject({
  on: setting(triggers, { says: "What becomes an issue and a mail", fallback: "[critical, leak, killed]" }),
  lateAfter: setting(duration, { says: "The thread says that an issue or a mail is late after this time", fallback: "5m" }),
});
