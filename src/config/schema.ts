import { z } from "zod";
import {
  channel,
  channels,
  duration,
  flag,
  hostPorts,
  httpUrl,
  loopbackUrl,
  names,
  oneOf,
  people,
  peopleOrEveryone,
  postgresUrl,
  queueUrl,
  redisUrl,
  size,
  text,
  token,
  whole,
} from "./kinds.ts";
import { optional, setting } from "./setting-schema.ts";

const slack = z.strictObject({
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

const queue = z.strictObject({
  url: optional(queueUrl, {
    says: "Oomph's own Redis, for its queue: AOF on, `maxmemory-policy noeviction`. Oomph never acts on it",
    env: "REDIS_URL",
    secret: true,
  }),
});

const store = z.strictObject({
  url: optional(postgresUrl, { says: "PostgreSQL; needed with more than one replica", env: "DATABASE_URL", secret: true }),
  path: optional(text, {
    expected: "the path of a file",
    says: "The embedded SQLite file, without PostgreSQL; `.oomph/oomph.sqlite` unless said otherwise",
    env: "OOMPH_SQLITE_PATH",
  }),
  busyTimeout: setting(duration, { says: "Longest wait for a locked database", env: "OOMPH_STORE_BUSY_TIMEOUT", fallback: "5s" }),
});

const http = z.strictObject({
  host: setting(text, {
    expected: "an address to listen on",
    says: "Where health, metrics and Slack's requests are served",
    env: "OOMPH_HTTP_HOST",
    fallback: "127.0.0.1",
  }),
  port: setting(whole(0, 65_535), { says: "0 takes a free one", env: "OOMPH_HTTP_PORT", fallback: "8080" }),
});

const log = z.strictObject({
  level: setting(oneOf("debug", "info", "warn", "error"), { says: "The least that is logged", env: "OOMPH_LOG_LEVEL", fallback: "info" }),
});

const port = whole(1, 65_535);
const secretText = { expected: "text", secret: true };

const sentinel = z.strictObject({
  master: setting(text, { expected: "the name of the master", says: "As in `sentinel monitor <name>`" }),
  nodes: setting(hostPorts, { says: "The Sentinels" }),
  username: optional(text, { says: "ACL user on the Sentinels" }),
  password: optional(text, { ...secretText, says: "Of that user, or `requirepass` of the Sentinels" }),
});

const cluster = z.strictObject({ nodes: setting(hostPorts, { says: "Some nodes of the Cluster; every master is found and looked at" }) });

const pem = (what: string): string => `${what} as PEM text`;

const tls = z.strictObject({
  ca: optional(text, { expected: pem("certificates"), says: "Who may have signed the server's certificate", secret: true }),
  cert: optional(text, { expected: pem("a certificate"), says: "The client's own certificate", secret: true }),
  key: optional(text, { expected: pem("a private key"), says: "The key to it", secret: true }),
  serverName: optional(text, { expected: "a host name", says: "The name that the certificate must be for" }),
  verify: setting(flag, { says: "`false` accepts any certificate: for tests only, and said in the log", fallback: "true" }),
});

const connection = z.strictObject({
  url: optional(redisUrl, { says: "One server, with user, password and database. Or give `host`, `sentinel` or `cluster`", secret: true }),
  host: optional(text, { expected: "a host name or address", says: "One server, written apart" }),
  port: setting(port, { says: "Beside `host`", fallback: "6379" }),
  sentinel: sentinel.optional(),
  cluster: cluster.optional(),
  database: optional(whole(0, 65_535), { says: "The logical database to look at first; the URL's, or 0, unless said otherwise" }),
  username: optional(text, { says: "ACL user; the URL's, or the default user, unless said otherwise" }),
  password: optional(text, { ...secretText, says: "Of that user" }),
  tls: tls.optional(),
  connectTimeout: setting(duration, { says: "Longest wait for a connection", fallback: "3s" }),
  commandTimeout: setting(duration, { says: "Longest wait for one answer", fallback: "5s" }),
  aliases: setting(names, { says: "Other names that alerts use for it: hosts, services", fallback: "[]" }),
  memoryLimit: optional(size, { says: "Limit of the container or host that it runs in; asked when `maxmemory` is unset" }),
  healthUrl: optional(httpUrl, { says: "Checked before and after an action: 5xx before and 2xx after shows that it helped" }),
});

const redis = z.strictObject({
  census: setting(duration, { says: "Time box of the key census, per investigation", env: "OOMPH_REDIS_CENSUS", fallback: "1s" }),
  connections: z.record(z.string(), connection).prefault({}),
});

const policy = z.strictObject({
  name: setting(text, { expected: "a name", says: "For the audit and for refusals" }),
  actions: setting(names, { says: "Action ids; `*` at the end matches the rest", fallback: "[*]" }),
  targets: setting(names, { says: "Targets, likewise: `redis/prod-*`", fallback: "[*]" }),
  requesters: setting(peopleOrEveryone, { says: "Narrows who may ask", fallback: "everyone" }),
  approvers: setting(people, { says: "Who may approve; nobody approves their own request" }),
  approvals: setting(whole(1, 20), { says: "How many different people must approve", fallback: "1" }),
  breakGlass: setting(flag, { says: "An approver may go alone with a typed reason, announced and marked in the audit", fallback: "false" }),
  expiry: setting(duration, { says: "An unanswered request means no after this time", fallback: "15m" }),
});

const access = z.strictObject({
  investigators: setting(peopleOrEveryone, { says: "May investigate and look", env: "OOMPH_INVESTIGATORS", fallback: "everyone" }),
  requesters: setting(peopleOrEveryone, { says: "May ask for actions", env: "OOMPH_REQUESTERS", fallback: "everyone" }),
  approvers: setting(people, {
    says: "Without `policies`: one of these, who is not the requester, approves within 15 minutes. An empty list: nobody can",
    env: "OOMPH_APPROVERS",
    fallback: "[]",
  }),
  admins: setting(people, { says: "May freeze, and release leases", env: "OOMPH_ADMINS", fallback: "[]" }),
  policies: z.array(policy).optional(),
});

const verification = z.strictObject({
  readings: setting(whole(2, 60), { says: "Readings after an action, that must be stable", fallback: "5" }),
  interval: setting(duration, { says: "Between two of them", fallback: "2s" }),
});

const jobs = z.strictObject({
  lease: setting(duration, { says: "A target is held so long by an action that has stopped renewing its lease", fallback: "60s" }),
  drain: setting(duration, { says: "Longest wait for running jobs when the process is told to end", env: "OOMPH_DRAIN", fallback: "25s" }),
  sweep: setting(duration, { says: "How often what was left behind by a crash is looked for", fallback: "30s" }),
});

/** oomph.yaml as it is written; the environment is laid over it before it is read. A section that is not there is `{}`. */
export const Document = z.strictObject({ slack, queue, store, http, log, redis, access, verification, jobs });

export type Document = z.output<typeof Document>;
export type ConnectionDocument = z.output<typeof connection>;

/** The same without Slack, for the command line. */
export const CommandLineDocument = Document.omit({ slack: true });

export type CommandLineDocument = z.output<typeof CommandLineDocument>;
