import { OomphError } from "../../domain/errors.ts";
import type { RedisConnectionSettings } from "./settings.ts";

const EXPECTED = "Expected redis://[user:password@]host[:port][/database] (rediss:// for TLS)";
const DEFAULT_TIMEOUT_MS = 5000;

/**
 * Settings for a single server from a URL; the connection is named by host and port. Throws OomphError `bad-input`, and
 * never says what the URL holds: what looks like a path or a port may be the rest of a password.
 */
export function connectionFromUrl(url: string): RedisConnectionSettings {
  const parsed = parse(url);
  const host = parsed.hostname.replace(/^\[|\]$/g, "");
  const port = parsed.port === "" ? 6379 : Number(parsed.port);
  return {
    name: `${parsed.hostname}:${port}`,
    topology: { kind: "single", host, port },
    ...credentials(parsed),
    database: database(parsed),
    ...(parsed.protocol === "rediss:" ? { tls: { verify: true } } : {}),
    connectTimeoutMs: DEFAULT_TIMEOUT_MS,
    commandTimeoutMs: DEFAULT_TIMEOUT_MS,
    aliases: [],
  };
}

/** A URL that may be shown: `redis://cache:6379/2`, without user and password. What cannot be read is `redis://***`. */
export function redactUrl(url: string): string {
  try {
    const { name, tls, database: index } = connectionFromUrl(url);
    return `${tls === undefined ? "redis" : "rediss"}://${name}${index === 0 ? "" : `/${index}`}`;
  } catch {
    return "redis://***";
  }
}

function parse(url: string): URL {
  const parsed = URL.canParse(url.trim()) ? new URL(url.trim()) : undefined;
  if (parsed !== undefined && parsed.hostname !== "" && parsed.protocol !== "redis:" && parsed.protocol !== "rediss:") {
    throw new OomphError("bad-input", `${EXPECTED}, got a URL that begins with ${parsed.protocol}//.`);
  }
  if (parsed === undefined || parsed.hostname === "") {
    throw new OomphError(
      "bad-input",
      `${EXPECTED}, got something that is not a URL with a host. Characters such as # / ? @ : % in a password must be percent-encoded.`,
    );
  }
  if (parsed.search !== "" || parsed.hash !== "") {
    throw new OomphError(
      "bad-input",
      `${EXPECTED}, got a URL with "?" or "#" in it. If these are part of the password, percent-encode them (%3F, %23); options belong into the configuration.`,
    );
  }
  return parsed;
}

function credentials({ username, password }: URL): { readonly username?: string; readonly password?: string } {
  if (username === "" && password === "") return {};
  if (password === "") {
    // Often a password alone, without its colon: as a user it would be printed in messages.
    throw new OomphError(
      "bad-input",
      `${EXPECTED}, got one word before the "@". A password without a user is written redis://:password@host.`,
    );
  }
  return { ...(username === "" ? {} : { username: decode(username) }), password: decode(password) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new OomphError("bad-input", `${EXPECTED}, got a user or password with a "%" that is not an escape. Write it %25.`);
  }
}

function database({ pathname }: URL): number {
  if (pathname === "" || pathname === "/") return 0;
  const match = /^\/(\d{1,5})\/?$/.exec(pathname);
  if (match?.[1] === undefined) {
    throw new OomphError(
      "bad-input",
      `${EXPECTED}, got something else than a database's number after the host. A "/" in a password is written %2F.`,
    );
  }
  return Number(match[1]);
}
