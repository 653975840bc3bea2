import { hostname, userInfo } from "node:os";
import type { Shell } from "../domain/action-request.ts";

export type WhoAsks =
  | { readonly kind: "known"; /** Slack user id. */ readonly userId: string; readonly shell: Shell }
  | { readonly kind: "unknown"; readonly because: string };

/**
 * Who sits at this command line: the user that the operating system runs it as, whatever the environment says, and who
 * that is in Slack by the configuration.
 */
export function whoAsks(logins: ReadonlyMap<string, string>): WhoAsks {
  const login = loginName();
  if (login === undefined)
    return {
      kind: "unknown",
      because: "the user that this runs as has no name on this machine: run it as somebody whom access.logins names",
    };
  const userId = logins.get(login);
  if (userId !== undefined) return { kind: "known", userId, shell: { login, host: hostname() } };
  const root = login === "root" ? ", or run it as yourself, without sudo" : "";
  const key = /^[a-z_][\w.-]*$/i.test(login) ? login : JSON.stringify(login);
  return {
    kind: "unknown",
    because: `it is not configured who ${key} is in Slack: add access.logins.${key}: U... (the member ID of their Slack profile) to oomph.yaml${root}`,
  };
}

/** By the operating system's own list of users; undefined: this one is not in it, as may be in a container. */
function loginName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}
