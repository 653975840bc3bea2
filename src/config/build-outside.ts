import type { DockerConnectionSettings } from "../adapters/docker/settings.ts";
import type { GithubSettings } from "../adapters/github/settings.ts";
import type { MailSettings } from "../adapters/mail/settings.ts";
import { DEFAULT_CONNECTION } from "../domain/target.ts";
import type { DockerConnectionDocument } from "./docker-schema.ts";
import { given } from "../domain/given.ts";
import type { CommandLineDocument } from "./schema.ts";

export type DockerConfig = {
  readonly hosts: readonly DockerHostConfig[];
  readonly logs: {
    readonly lines: number;
    readonly maxBytes: number;
    /** Patterns that users have added, each with its name. */
    readonly patterns: readonly { readonly name: string; readonly pattern: string }[];
  };
};

export type DockerHostConfig = {
  readonly settings: DockerConnectionSettings;
  /** Names of containers that are watched, and of those that are not; `*` at the end matches the rest. */
  readonly watch: readonly string[];
  readonly ignore: readonly string[];
  /** By the container's name. */
  readonly health: Readonly<Record<string, HealthConfig>>;
  readonly compose: ComposeConfig;
};

export type HealthConfig = { readonly url?: string; readonly command?: readonly string[] };

export type ComposeConfig = {
  /** Files, or folders of them, that may be read. */
  readonly paths: readonly string[];
  /** `owner/name` on the code host. */
  readonly repository?: string;
  /** The folder on this host that is that repository's root. */
  readonly checkout?: string;
  readonly branch: string;
};

export type WatchConfig = {
  readonly enabled: boolean;
  readonly everyMs: number;
  readonly warningPercent: number;
  readonly criticalPercent: number;
  readonly holdReadings: number;
  readonly keepMs: number;
  readonly channel?: string;
  readonly weekly: boolean;
  readonly monthly: boolean;
};

export function buildDocker({ connections, host, logLines, logBytes, logPatterns }: CommandLineDocument["docker"]): DockerConfig {
  const named = Object.entries(connections).map(([name, connection]) => buildHost(name, connection));
  const local = host === undefined ? [] : [buildHost(DEFAULT_CONNECTION, { ...BARE, url: host })];
  const patterns = Object.entries(logPatterns).map(([name, pattern]) => ({ name, pattern }));
  return { hosts: [...local, ...named], logs: { lines: logLines, maxBytes: logBytes, patterns } };
}

const NO_COMPOSE = { paths: [], repository: undefined, checkout: undefined, branch: "main" } as const;

const BARE: Omit<DockerConnectionDocument, "url"> = {
  tls: undefined,
  ssh: undefined,
  connectTimeout: 3_000,
  callTimeout: 10_000,
  watch: ["*"],
  ignore: [],
  health: undefined,
  compose: undefined,
};

function buildHost(name: string, connection: DockerConnectionDocument): DockerHostConfig {
  const { url, tls, ssh, connectTimeout, callTimeout, watch, ignore, health = {}, compose = NO_COMPOSE } = connection;
  const { paths, branch, ...where } = compose;
  return {
    settings: {
      name,
      endpoint: url,
      connectTimeoutMs: connectTimeout,
      callTimeoutMs: callTimeout,
      ...given({
        tls: tls === undefined ? undefined : { verify: tls.verify, ...given({ ca: tls.ca, cert: tls.cert, key: tls.key }) },
        ssh:
          ssh === undefined ? undefined : given({ privateKey: ssh.privateKey, agentSocket: ssh.agentSocket, hostKeySha256: ssh.hostKey }),
      }),
    },
    watch,
    ignore,
    health: Object.fromEntries(Object.entries(health).map(([container, check]) => [container, given(check)])),
    compose: { paths, branch, ...given(where) },
  };
}

export function buildWatch(watch: CommandLineDocument["watch"]): WatchConfig {
  const { enabled, every, warning, critical, hold, keep, channel, weekly, monthly } = watch;
  return {
    enabled,
    everyMs: every,
    warningPercent: warning,
    criticalPercent: critical,
    holdReadings: hold,
    keepMs: keep,
    weekly,
    monthly,
    ...given({ channel }),
  };
}

type GithubConfig = Omit<GithubSettings, "repository"> & { readonly repository?: string };

export function buildGithub({ token, repository, apiUrl, timeout }: CommandLineDocument["github"]): GithubConfig | undefined {
  return token === undefined ? undefined : { token, apiUrl, timeoutMs: timeout, ...given({ repository }) };
}

export function buildMail(mail: CommandLineDocument["mail"]): MailSettings | undefined {
  const { host, port, tls, ca, user, password, from, to, timeout } = mail;
  if (host === undefined || from === undefined) return undefined;
  const auth = user === undefined || password === undefined ? undefined : { user, password };
  return { host, port, tls, from, to, timeoutMs: timeout, ...given({ ca, auth }) };
}
