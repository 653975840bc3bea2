import { endpointFromUrl } from "../adapters/docker/connection-url.ts";
import type { DockerEndpoint } from "../adapters/docker/settings.ts";
import type { EscalationTrigger } from "../domain/escalation.ts";
import { list, urlWith } from "./kinds.ts";
import type { SettingKind } from "./setting-schema.ts";

// Kinds of values that concern Docker, GitHub and mail.

export const dockerUrl: SettingKind<DockerEndpoint> = {
  expected: "a URL such as unix:///var/run/docker.sock, tcp://host:2376 or ssh://user@host",
  read(value) {
    if (typeof value !== "string") return undefined;
    try {
      return endpointFromUrl(value);
    } catch {
      return undefined; // its words are about the same that was expected
    }
  },
};

export const hostKey: SettingKind<string> = {
  expected: "a fingerprint such as SHA256:6vKbT... (43 letters and digits), as `ssh-keyscan <host> | ssh-keygen -lf -` prints it",
  read: (value) => (typeof value === "string" && /^SHA256:[A-Za-z0-9+/]{43}=?$/.test(value) ? value.replace("=", "") : undefined),
};

/** Words as a shell would split them, without a shell: quotes keep spaces. */
export const commandLine: SettingKind<readonly string[]> = {
  expected: "a command with its arguments, such as `kong health`, or a list of them",
  read(value) {
    if (typeof value === "string") return words(value);
    const given = list(value, (item) => item !== "");
    return given === undefined || given.length === 0 ? undefined : given;
  },
};

export const paths: SettingKind<readonly string[]> = {
  expected: "a list of paths",
  read: (value) => list(value, (item) => item !== ""),
};

export const repository: SettingKind<string> = {
  expected: "a repository as owner/name",
  read: (value) => (typeof value === "string" && /^[\w.-]{1,100}\/[\w.-]{1,100}$/.test(value) ? value : undefined),
};

/** Without a slash at the end. */
export const apiUrl: SettingKind<string> = {
  expected: "a URL that begins with https:// (http:// on this machine only)",
  read(value) {
    const url = urlWith(value, ["https:", "http:"]);
    if (url === undefined) return undefined;
    const isLocal = /^(127(\.\d{1,3}){3}|localhost|\[::1\])$/.test(url.hostname);
    return url.protocol === "https:" || isLocal ? url.href.replace(/\/+$/, "") : undefined;
  },
};

export const mailAddresses: SettingKind<readonly string[]> = {
  expected: "a list of mail addresses",
  read: (value) => list(value, (item) => /^[^\s@<>,;"]{1,64}@[^\s@<>,;"]{1,255}$/.test(item)),
};

/** Names as Kubernetes has them. */
export const namespacePatterns: SettingKind<readonly string[]> = {
  expected: "a list of namespaces, such as [shop, team-*]",
  read: (value) => list(value, (item) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\*?$|^[a-z0-9-]{0,62}\*$/.test(item)),
};

export const urlPath: SettingKind<string> = {
  expected: "a path that begins with a slash, such as /metrics",
  read: (value) => (typeof value === "string" && /^\/[\w\-./~%?=&:@+,;]{0,500}$/.test(value) ? value : undefined),
};

const TRIGGERS: readonly EscalationTrigger[] = ["warning", "leak", "critical", "killed"];

export const triggers: SettingKind<readonly EscalationTrigger[]> = {
  expected: `a list of ${TRIGGERS.join(", ")}`,
  read: (value) =>
    list(value, (item) => TRIGGERS.some((trigger) => trigger === item))?.flatMap((item) => TRIGGERS.filter((one) => one === item)),
};

/** A pattern that holds no nested repetition, so that no log line can make it run away. */
export const logPattern: SettingKind<string> = {
  expected: "a regular expression of at most 200 characters without back references, look-around or nested repetition",
  read: (value) => (typeof value === "string" && isHarmless(value) ? value : undefined),
};

function isHarmless(pattern: string): boolean {
  if (pattern === "" || pattern.length > 200 || /\\[1-9k]|\(\?[=!<]/.test(pattern) || /[*+}]\)?[*+{]|\([^)]*[*+][^)]*\)[*+{]/.test(pattern))
    return false;
  try {
    return new RegExp(pattern, "u") instanceof RegExp;
  } catch {
    return false;
  }
}

function words(text: string): readonly string[] | undefined {
  const found = [...text.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, double, single, bare]) => double ?? single ?? bare ?? "");
  return found.length === 0 ? undefined : found;
}
