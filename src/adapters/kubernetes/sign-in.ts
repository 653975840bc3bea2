import { resolve } from "node:path";
import { OomphError } from "../../domain/errors.ts";
import { given } from "../../domain/given.ts";
import type { ClusterAccess, Credentials } from "./access.ts";
import { runPlugin } from "./credential-plugin.ts";
import type { KubeconfigUser } from "./kubeconfig-schema.ts";
import { readText } from "./read-text.ts";

type User = KubeconfigUser & { /** That its paths are meant from. */ readonly folder: string };
type About = Pick<ClusterAccess, "server" | "who" | "tls"> & { readonly environment: Readonly<Record<string, string>> };
type Fetched = { readonly credentials: Credentials; readonly untilMs: number };

// Kubelets renew the token of a service account after 80% of its life, an hour at least.
const TOKEN_FILE_MS = 60_000;
// A credential is not used in its last seconds: the request takes some, and clocks differ.
const MARGIN_MS = 30_000;

/** Credentials of a kubeconfig's user, kept until they expire. */
export function createSignIn(user: User, about: About): Pick<ClusterAccess, "credentials"> {
  let kept: Fetched | undefined;
  let fetching: Promise<Fetched> | undefined;

  async function renew(): Promise<Fetched> {
    fetching ??= fetchCredentials(user, about).finally(() => {
      fetching = undefined;
    });
    kept = await fetching;
    return kept;
  }
  return {
    async credentials() {
      const current = kept !== undefined && Date.now() < kept.untilMs ? kept : await renew();
      return current.credentials;
    },
  };
}

async function fetchCredentials(user: User, about: About): Promise<Fetched> {
  if (user["auth-provider"] !== undefined) {
    throw new OomphError(
      "bad-input",
      `The ${about.who} signs in by the auth-provider ${user["auth-provider"].name}, which Kubernetes gave up in 1.26. Use its credential plugin (exec) instead, or a token.`,
    );
  }
  const impersonation = {
    ...given({ "Impersonate-User": user.as }),
    ...(user["as-groups"] === undefined ? {} : { "Impersonate-Group": [...user["as-groups"]] }),
  };
  const plugin = user.exec ?? undefined;
  if (plugin !== undefined) {
    const { token, certificate, expiresAtMs } = await runPlugin(plugin, { ...about, folder: user.folder });
    return {
      credentials: { headers: { ...impersonation, ...bearer(token) }, ...given({ certificate }) },
      untilMs: (expiresAtMs ?? Number.POSITIVE_INFINITY) - MARGIN_MS,
    };
  }
  const certificate = await certificateOf(user);
  const headers = { ...impersonation, ...(await authorization(user)) };
  const untilMs = user.tokenFile === undefined ? Number.POSITIVE_INFINITY : Date.now() + TOKEN_FILE_MS;
  return { credentials: { headers, ...given({ certificate }) }, untilMs };
}

/** A token file goes before a token, as with kubectl. */
async function authorization(user: User): Promise<Readonly<Record<string, string>>> {
  if (user.tokenFile !== undefined) return bearer((await readText(resolve(user.folder, user.tokenFile), "A token")).trim());
  if (user.token !== undefined) return bearer(user.token);
  if (user.username === undefined) return {};
  return { Authorization: `Basic ${Buffer.from(`${user.username}:${user.password ?? ""}`).toString("base64")}` };
}

function bearer(token: string | undefined): Readonly<Record<string, string>> {
  return token === undefined ? {} : { Authorization: `Bearer ${token}` };
}

async function certificateOf(user: User): Promise<Credentials["certificate"]> {
  const cert = await pem(user, "client-certificate", "A client certificate");
  const key = await pem(user, "client-key", "The key of a client certificate");
  return cert === undefined || key === undefined ? undefined : { cert, key };
}

async function pem(user: User, key: "client-certificate" | "client-key", what: string): Promise<string | undefined> {
  const data = user[`${key}-data`];
  if (data !== undefined) return Buffer.from(data, "base64").toString("utf8");
  const path = user[key];
  return path === undefined ? undefined : readText(resolve(user.folder, path), what);
}
