import type { RedisConnectionSettings, RedisTls, RedisTopology } from "../adapters/redis/settings.ts";
import type { GithubSettings } from "../adapters/github/settings.ts";
import type { MailSettings } from "../adapters/mail/settings.ts";
import type { SlackSettings } from "../adapters/slack/settings.ts";
import type { AccessRules } from "../domain/access.ts";
import type { AlertRule } from "../domain/alert-rule.ts";
import type { CalmRules } from "../domain/calm.ts";
import type { StormSettings } from "../domain/storm.ts";
import type { PodPort } from "../domain/workload.ts";
import type { EscalationTrigger } from "../domain/escalation.ts";
import type { UnattendedRules } from "../domain/unattended.ts";
import { buildAlertRules } from "./build-alerts.ts";
import { buildCalm, buildUnattended } from "./build-calm.ts";
import { buildDocker, buildMail, buildGithub, buildWatch, type DockerConfig, type WatchConfig } from "./build-outside.ts";
import { buildKubernetes, buildPrometheus, type KubernetesConfig, type PrometheusConfig } from "./build-kubernetes.ts";
import { buildWebhooks, type WebhookConfig } from "./build-webhooks.ts";
import type { Environment } from "./environment.ts";
import { given } from "../domain/given.ts";
import type { RedisConnectionDocument as ConnectionDocument } from "./redis-schema.ts";
import type { CommandLineDocument, Document } from "./schema.ts";

/** What every part of Oomph can be given. Durations in milliseconds, sizes in bytes. Secrets are in here: never log it. */
export type Config = {
  readonly log: { readonly level: "debug" | "info" | "warn" | "error" };
  readonly store: StoreConfig;
  /** Oomph's own Redis; absent: not configured, which is enough for the command line. */
  readonly queue?: { readonly url: string };
  readonly http: { readonly host: string; readonly port: number };
  readonly redis: { readonly censusMs: number; readonly lookAtStart: boolean; readonly connections: readonly RedisConnectionSettings[] };
  readonly docker: DockerConfig;
  readonly kubernetes: KubernetesConfig;
  /** Absent: not configured. */
  readonly prometheus?: PrometheusConfig;
  readonly watch: WatchConfig;
  /** Absent: not configured. `repository` undefined: a token for pull requests only. */
  readonly github?: Omit<GithubSettings, "repository"> & { readonly repository?: string };
  readonly mail?: MailSettings;
  readonly escalation: { readonly on: readonly EscalationTrigger[]; readonly lateAfterMs: number };
  readonly webhooks: WebhookConfig;
  /** Asked before those that are built in. */
  readonly alerts: { readonly rules: readonly AlertRule[] };
  /** When quiet is wanted. */
  readonly calm: CalmRules;
  /** Absent: nobody is called. */
  readonly unattended?: UnattendedRules;
  readonly access: AccessRules;
  /** Slack user id by login name, for those who ask on the command line. */
  readonly logins: ReadonlyMap<string, string>;
  readonly verification: { readonly readings: number; readonly intervalMs: number };
  readonly storms: StormSettings;
  readonly jobs: { readonly leaseMs: number; readonly takeoverMs: number; readonly drainMs: number; readonly sweepMs: number };
};

export type StoreConfig =
  | { readonly kind: "postgres"; readonly url: string; readonly busyTimeoutMs: number }
  | { readonly kind: "sqlite"; readonly path: string; readonly busyTimeoutMs: number };

/** What the service needs beyond that. */
export type ServiceConfig = Config & {
  readonly queue: { readonly url: string };
  readonly slack: SlackConfig;
};

export type SlackConfig = {
  readonly settings: SlackSettings;
  /** Channels whose posts are read for alerts. */
  readonly alertChannels: readonly string[];
  /** Where threads go that were asked for elsewhere. */
  readonly incidentChannel: string;
  /** Told what could not be posted where it belongs. */
  readonly fallbackChannel: string;
  /** It was written down, and is not the incident channel for want of another. */
  readonly isFallbackNamed: boolean;
};

const DEFAULT_SQLITE_PATH = ".oomph/oomph.sqlite";
const DEFAULT_EXPIRY_MS = 15 * 60_000;

/** `env`: what a cluster puts into its pods, and what credential plugins are run with. */
export function buildConfig(document: CommandLineDocument, env: Environment): Config {
  const {
    log,
    store,
    queue,
    http,
    redis,
    docker,
    kubernetes,
    prometheus,
    watch,
    github,
    mail,
    escalation,
    alerts,
    webhooks,
    access,
    verification,
    storms,
    jobs,
  } = document;
  return {
    log,
    store: buildStore(store),
    ...(queue.url === undefined ? {} : { queue: { url: queue.url } }),
    http,
    redis: {
      censusMs: redis.census,
      lookAtStart: redis.lookAtStart,
      connections: Object.entries(redis.connections).map(([name, connection]) => buildConnection(name, connection)),
    },
    docker: buildDocker(docker),
    kubernetes: buildKubernetes(kubernetes, env),
    watch: buildWatch(watch),
    ...given({ prometheus: buildPrometheus(prometheus), github: buildGithub(github), mail: buildMail(mail) }),
    escalation: { on: escalation.on, lateAfterMs: escalation.lateAfter },
    webhooks: buildWebhooks(webhooks),
    alerts: { rules: buildAlertRules(alerts) },
    calm: buildCalm(alerts),
    ...given({ unattended: buildUnattended(alerts) }),
    access: buildAccess(access),
    logins: new Map(Object.entries(access.logins)),
    verification: { readings: verification.readings, intervalMs: verification.interval },
    storms: {
      ownThreads: storms.threads,
      criticalThreads: storms.criticalThreads,
      withinMs: storms.within,
      investigations: storms.investigations,
      replies: storms.replies,
      quietMs: storms.quiet,
    },
    jobs: { leaseMs: jobs.lease, takeoverMs: jobs.takeover, drainMs: jobs.drain, sweepMs: jobs.sweep },
  };
}

export function buildSlack({ slack }: Document): SlackConfig {
  const transport: SlackSettings["transport"] =
    slack.mode === "socket"
      ? { kind: "socket", appToken: slack.appToken ?? "" }
      : { kind: "http", signingSecret: slack.signingSecret ?? "" };
  return {
    settings: { botToken: slack.botToken, transport, timeoutMs: slack.timeout, ...given({ apiUrl: slack.apiUrl }) },
    alertChannels: slack.alertChannels,
    incidentChannel: slack.incidentChannel,
    fallbackChannel: slack.fallbackChannel ?? slack.incidentChannel,
    isFallbackNamed: slack.fallbackChannel !== undefined,
  };
}

function buildStore({ url, path, busyTimeout }: Document["store"]): StoreConfig {
  return url === undefined
    ? { kind: "sqlite", path: path ?? DEFAULT_SQLITE_PATH, busyTimeoutMs: busyTimeout }
    : { kind: "postgres", url, busyTimeoutMs: busyTimeout };
}

/** What is said beside the URL wins over what the URL says. */
function buildConnection(name: string, connection: ConnectionDocument): RedisConnectionSettings {
  const { url, connectTimeout, commandTimeout, aliases } = connection;
  return {
    name,
    topology: buildTopology(connection),
    database: connection.database ?? url?.database ?? 0,
    connectTimeoutMs: connectTimeout,
    commandTimeoutMs: commandTimeout,
    aliases,
    ...given({
      username: connection.username ?? url?.username,
      password: connection.password ?? url?.password,
      tls: connection.tls === undefined ? url?.tls : buildTls(connection.tls),
      memoryLimitBytes: connection.memoryLimit,
      healthUrl: connection.healthUrl,
    }),
  };
}

function buildTopology({ url, host, port, sentinel, cluster, kubernetes }: ConnectionDocument): RedisTopology {
  if (sentinel !== undefined) {
    const { master, nodes, username, password } = sentinel;
    return { kind: "sentinel", masterName: master, sentinels: nodes, ...given({ sentinelUsername: username, sentinelPassword: password }) };
  }
  if (cluster !== undefined) return { kind: "cluster", seeds: cluster.nodes };
  if (kubernetes !== undefined) return { kind: "pod", at: buildPodPort(kubernetes) };
  return url?.topology ?? { kind: "single", host: host ?? "", port };
}

function buildPodPort({ pod, service, container, ...place }: NonNullable<ConnectionDocument["kubernetes"]>): PodPort {
  const by = service === undefined ? ({ kind: "pod", name: pod ?? "" } as const) : ({ kind: "service", name: service } as const);
  return { ...place, by, ...given({ container }) };
}

function buildTls({ ca, cert, key, serverName, verify }: NonNullable<ConnectionDocument["tls"]>): RedisTls {
  return { verify, ...given({ ca, cert, key, serverName }) };
}

function buildAccess({ investigators, requesters, approvers, admins, policies }: Document["access"]): AccessRules {
  const twoPersonRule = {
    name: "two-person rule",
    actions: ["*"],
    targets: ["*"],
    requesters: "everyone",
    approvers,
    approvals: 1,
    breakGlass: false,
    expiry: DEFAULT_EXPIRY_MS,
  } as const;
  const rules = (policies ?? [twoPersonRule]).map(({ approvals, expiry, ...rule }) => ({
    ...rule,
    approvalsNeeded: approvals,
    expiresAfterMs: expiry,
  }));
  return { investigators, requesters, admins, policies: rules };
}
