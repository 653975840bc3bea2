import { connectionFromUrl } from "../adapters/redis/connection-url.ts";
import type { HostPort, RedisConnectionSettings } from "../adapters/redis/settings.ts";
import { parseBytes } from "../domain/bytes.ts";
import { parseDuration } from "../domain/duration.ts";
import type { SettingKind } from "./setting-schema.ts";

// Kinds of values: how each is written, and how it is read. Text from the environment and values from YAML alike.

export const text: SettingKind<string> = {
  expected: "text",
  read: (value) => (typeof value === "string" ? value : undefined),
};

export const duration: SettingKind<number> = {
  expected: "a duration with its unit, such as 500ms, 30s or 15m",
  read: (value) => (typeof value === "string" ? parseDuration(value) : undefined),
};

/** A duration within bounds, both written as durations are. */
export function durationFrom(least: string, most: string): SettingKind<number> {
  return {
    expected: `a duration with its unit, from ${least} to ${most}`,
    read(value) {
      const [ms = Number.NaN, leastMs = 0, mostMs = 0] = [value, least, most].map((each) => duration.read(each));
      return ms >= leastMs && ms <= mostMs ? ms : undefined;
    },
  };
}

export const size: SettingKind<number> = {
  expected: "a size such as 512MiB or 2GiB",
  read: (value) => (typeof value === "string" || typeof value === "number" ? parseBytes(String(value)) : undefined),
};

export const flag: SettingKind<boolean> = {
  expected: "true or false",
  read: (value) =>
    new Map<unknown, boolean>([
      [true, true],
      ["true", true],
      [false, false],
      ["false", false],
    ]).get(value),
};

export const names: SettingKind<readonly string[]> = {
  expected: "a list of names",
  read: (value) => list(value, (item) => item !== ""),
};

/** Users and user groups. */
export const people: SettingKind<readonly string[]> = {
  expected:
    "a list of ids of users (U..., W...) or user groups (S...), not names: use the id, in Slack under profile, three dots, Copy member ID (of a group: People, User groups, the group, three dots, Copy group ID)",
  read: (value) => list(value, (item) => /^[UWS][A-Z0-9]{2,}$/.test(item)),
};

/** One user; a group cannot ask for anything. */
export const onePerson: SettingKind<string> = {
  expected: "the id of a user (U... or W...), not a name: in Slack under profile, three dots, Copy member ID",
  read: (value) => (typeof value === "string" && /^[UW][A-Z0-9]{2,}$/.test(value) ? value : undefined),
};

export const peopleOrEveryone: SettingKind<readonly string[] | "everyone"> = {
  expected: `everyone, or ${people.expected}`,
  read: (value) => (value === "everyone" ? "everyone" : people.read(value)),
};

export const channel: SettingKind<string> = {
  expected: "the id of a channel (C... or G...), not its name: use the id, in Slack at the end of the channel's About tab",
  read: (value) => (typeof value === "string" && isChannel(value) ? value : undefined),
};

export const channels: SettingKind<readonly string[]> = {
  expected: "a list of ids of channels (C... or G...), not names: use the ids, in Slack at the end of a channel's About tab",
  read: (value) => list(value, isChannel),
};

/** Of IPv6 the address has colons of its own. */
export const hostAlone: SettingKind<string> = {
  expected: "a host name or address, its port under `port`",
  read: (value) => (typeof value === "string" && !/^[^:]*:\d*$|^\[|:\/\//.test(value) ? value : undefined),
};

export const httpUrl: SettingKind<string> = {
  expected: "a URL that begins with http:// or https://",
  read: (value) => (urlWith(value, ["http:", "https:"]) === undefined ? undefined : String(value)),
};

/** A URL on this machine, with a slash at the end. */
export const loopbackUrl: SettingKind<string> = {
  expected: "a URL on this machine, such as http://127.0.0.1:4003/api/ (anything else would be given Slack's tokens)",
  read(value) {
    const url = urlWith(value, ["http:", "https:"]);
    if (url === undefined || !/^(127(\.\d{1,3}){3}|localhost|\[::1\])$/.test(url.hostname)) return undefined;
    return url.href.endsWith("/") ? url.href : `${url.href}/`;
  },
};

export const postgresUrl: SettingKind<string> = {
  expected: "a URL such as postgresql://user:password@host:5432/database",
  read: (value) => (urlWith(value, ["postgres:", "postgresql:"]) === undefined ? undefined : String(value)),
};

export const queueUrl: SettingKind<string> = {
  expected: "a URL such as redis://:password@host:6379/0 (rediss:// for TLS); # / ? @ : % in a password are percent-encoded",
  read: (value) => (redisUrl.read(value) === undefined ? undefined : String(value).trim()),
};

export const redisUrl: SettingKind<RedisConnectionSettings> = {
  expected: queueUrl.expected,
  read(value) {
    if (typeof value !== "string") return undefined;
    try {
      return connectionFromUrl(value);
    } catch {
      return undefined; // its words may not be shown beside a secret; what was expected says enough
    }
  },
};

export const hostPorts: SettingKind<readonly HostPort[]> = {
  expected: "a list such as [10.0.0.1:6379, 10.0.0.2:6379], with at least one entry",
  read(value) {
    const items = list(value, (item) => /^(\[[0-9a-f:.]+\]|[^\s:/@]+):\d{1,5}$/i.test(item));
    return items === undefined || items.length === 0 ? undefined : items.map(hostPort);
  },
};

/** A whole number within bounds. */
export function whole(least: number, most: number): SettingKind<number> {
  return {
    expected: `a whole number from ${least} to ${most}`,
    read(value) {
      const number = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
      return typeof number === "number" && Number.isInteger(number) && number >= least && number <= most ? number : undefined;
    },
  };
}

export function oneOf<const Choice extends string>(...choices: readonly Choice[]): SettingKind<Choice> {
  return { expected: `one of ${choices.join(", ")}`, read: (value) => choices.find((choice) => choice === value) };
}

/** Text that begins as such values do. */
export function token(prefix: string, what: string): SettingKind<string> {
  return {
    expected: `${what} (${prefix}...)`,
    read: (value) => (typeof value === "string" && value.startsWith(prefix) && value.length > prefix.length ? value : undefined),
  };
}

/** A list of texts that all fit; text is split at commas. */
export function list(value: unknown, fits: (item: string) => boolean): readonly string[] | undefined {
  const given: unknown = typeof value === "string" ? commaSeparated(value) : value;
  if (!Array.isArray(given)) return undefined;
  const items: readonly unknown[] = given;
  const fitting = items.filter((item) => typeof item === "string").filter(fits);
  return fitting.length === items.length ? fitting : undefined;
}

/** `a, b`, `[a, "*"]`: as one writes lists in variables. */
export function commaSeparated(value: string): readonly string[] {
  return value
    .replace(/^\[|\]$/g, "")
    .split(",")
    .map((item) => item.trim().replace(/^(["'])(.*)\1$/, "$2"))
    .filter((item) => item !== "");
}

function isChannel(id: string): boolean {
  return /^[CG][A-Z0-9]{2,}$/.test(id);
}

function hostPort(item: string): HostPort {
  const colon = item.lastIndexOf(":");
  return { host: item.slice(0, colon).replace(/^\[|\]$/g, ""), port: Number(item.slice(colon + 1)) };
}

/** A URL with a host, of one of these protocols. */
export function urlWith(value: unknown, protocols: readonly string[]): URL | undefined {
  if (typeof value !== "string" || !URL.canParse(value)) return undefined;
  const url = new URL(value);
  return protocols.includes(url.protocol) && url.hostname !== "" ? url : undefined;
}
