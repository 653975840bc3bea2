import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { codeIn } from "../connection/exchange.ts";
import { OomphError, messageOf } from "../../domain/errors.ts";
import { given } from "../../domain/given.ts";
import { maskSecrets } from "../../domain/mask-secrets.ts";
import type { ClusterAccess, Credentials } from "./access.ts";
import { ExecCredential, type Plugin } from "./kubeconfig-schema.ts";
import { timeOf } from "./read-metadata.ts";

type PluginCredential = {
  readonly token?: string;
  readonly certificate?: NonNullable<Credentials["certificate"]>;
  readonly expiresAtMs?: number;
};

type About = Pick<ClusterAccess, "server" | "who" | "tls"> & {
  readonly environment: Readonly<Record<string, string>>;
  /** Of the kubeconfig: a command with a slash is meant from there. */
  readonly folder: string;
};

const DEFAULT_VERSION = "client.authentication.k8s.io/v1beta1";
// Some ask a cloud, and wait for it.
const TIMEOUT_MS = 60_000;

/**
 * Runs the program that a kubeconfig names to sign in (`aws eks get-token`, `gke-gcloud-auth-plugin`, ...), without a
 * terminal. Throws `bad-input` where it is not installed, `wrong-credentials` where it gives none.
 */
export async function runPlugin(plugin: Plugin, about: About): Promise<PluginCredential> {
  const printed = await run(plugin, about);
  const read = ExecCredential.safeParse(parse(printed));
  const { token, clientCertificateData: cert, clientKeyData: key, expirationTimestamp } = read.data?.status ?? {};
  const certificate = cert === undefined || key === undefined ? undefined : { cert, key };
  if (token === undefined && certificate === undefined)
    throw refused(plugin, about, "printed no ExecCredential with a token or a certificate");
  return given({ token, certificate, expiresAtMs: timeOf(expirationTimestamp) });
}

function run(plugin: Plugin, about: About): Promise<string> {
  const command = plugin.command.includes("/") ? resolve(about.folder, plugin.command) : plugin.command;
  const own = Object.fromEntries(plugin.env.map(({ name, value }) => [name, value]));
  const env = { ...about.environment, ...own, KUBERNETES_EXEC_INFO: JSON.stringify(execInfo(plugin, about)) };
  return new Promise((resolvePrinted, reject) => {
    const options = { env, timeout: TIMEOUT_MS, maxBuffer: 2 ** 20, cwd: about.folder };
    const child = execFile(command, plugin.args ?? [], options, (error, stdout, stderr) => {
      if (error === null) return resolvePrinted(stdout);
      const code = codeIn(error);
      const hint = plugin.installHint === undefined ? "" : ` ${oneLine(plugin.installHint)}`;
      if (code === "ENOENT" || code === "EACCES") {
        const says = `The ${about.who} signs in by the program ${plugin.command}, which cannot be run here (${code}). Install it where Oomph runs.${hint}`;
        return reject(new OomphError("bad-input", says, { cause: new Error(messageOf(error)) }));
      }
      const said = oneLine(stderr);
      const how = error.killed === true ? `did not end within ${TIMEOUT_MS / 1000} s` : `failed${said === "" ? "" : `: ${said}`}`;
      return reject(refused(plugin, about, how));
    });
    child.stdin?.end();
  });
}

function execInfo({ apiVersion = DEFAULT_VERSION, provideClusterInfo }: Plugin, { server, tls }: About): object {
  const cluster = {
    server: server.href.replace(/\/$/, ""),
    ...(tls.ca === undefined ? {} : { "certificate-authority-data": Buffer.from(tls.ca).toString("base64") }),
    ...(tls.serverName === undefined ? {} : { "tls-server-name": tls.serverName }),
  };
  return { apiVersion, kind: "ExecCredential", spec: { interactive: false, ...(provideClusterInfo === true ? { cluster } : {}) } };
}

function refused(plugin: Plugin, { who }: About, how: string): OomphError {
  return new OomphError("wrong-credentials", `The program ${plugin.command}, by which ${who} signs in, ${how}. Run it by hand to see why.`);
}

/** Its first words, without what looks like a secret. */
function oneLine(text: string): string {
  return maskSecrets(text.replaceAll(/\s+/g, " ").trim().slice(0, 300));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // told as no credential
  }
}
