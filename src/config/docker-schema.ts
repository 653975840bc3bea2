import { z } from "zod";
import { duration, flag, httpUrl, names, size, text, whole } from "./kinds.ts";
import { commandLine, dockerUrl, hostKey, logPattern, paths, repository } from "./outside-kinds.ts";
import { optional, setting } from "./setting-schema.ts";

const pem = (what: string): string => `${what} as PEM text`;

const tls = z.strictObject({
  ca: optional(text, { expected: pem("certificates"), says: "Who may have signed the daemon's certificate", secret: true }),
  cert: optional(text, { expected: pem("a certificate"), says: "Oomph's own certificate", secret: true }),
  key: optional(text, { expected: pem("a private key"), says: "The key to it", secret: true }),
  verify: setting(flag, { says: "`false` accepts any certificate: for tests only, and said in the log", fallback: "true" }),
});

const ssh = z.strictObject({
  privateKey: optional(text, {
    expected: "a private key as PEM or OpenSSH text, without a passphrase",
    says: "Logs in as the URL's user",
    secret: true,
  }),
  agentSocket: optional(text, { expected: "the path of an SSH agent's socket", says: "Asked where no key is given", path: true }),
  hostKey: optional(hostKey, {
    says: "Always needed: the key by which the host is known, its ED25519 one where it has that, else ECDSA, else RSA. A host that shows another is not spoken to; `known_hosts` is not read, and no key is taken on trust",
  }),
});

const health = z.strictObject({
  url: optional(httpUrl, { says: "Asked in an investigation, and before and after an action: 2xx is well" }),
  command: optional(commandLine, { says: "Run inside the container instead, such as `kong health`: exit code 0 is well" }),
});

const compose = z.strictObject({
  paths: setting(paths, {
    says: "Compose files, or folders of them, that Oomph may read to propose the lasting fix",
    fallback: "[]",
    path: true,
  }),
  repository: optional(repository, { says: "Where those files are kept on GitHub: the fix is proposed as a pull request" }),
  checkout: optional(text, {
    expected: "the path of a folder",
    says: "The folder on this host that is that repository's root",
    path: true,
  }),
  branch: setting(text, { expected: "the name of a branch", says: "Pull requests are made against it", fallback: "main" }),
});

export const dockerConnection = z.strictObject({
  url: setting(dockerUrl, { says: "Where the daemon listens: a socket, TCP (with TLS), or SSH to a host that has one" }),
  tls: tls.optional(),
  ssh: ssh.optional(),
  connectTimeout: setting(duration, { says: "Longest wait for a connection", fallback: "3s" }),
  callTimeout: setting(duration, { says: "Longest wait for one answer", fallback: "10s" }),
  watch: setting(names, { says: "Names of the containers that the watch looks at; `*` at the end matches the rest", fallback: '["*"]' }),
  ignore: setting(names, { says: "Names of those that it leaves alone, likewise", fallback: "[]" }),
  health: z.record(z.string(), health).optional(),
  compose: compose.optional(),
});

export type DockerConnectionDocument = z.output<typeof dockerConnection>;

export const docker = z.strictObject({
  connections: z.record(z.string(), dockerConnection).prefault({}),
  host: optional(dockerUrl, { says: "One Docker host without a file: the connection `local`", env: "OOMPH_DOCKER_HOST" }),
  logLines: setting(whole(100, 1_000_000), { says: "How many lines from the end of a container's log are read", fallback: "20000" }),
  logBytes: setting(size, { says: "And how much of it at most", fallback: "8MiB" }),
  logPatterns: z.record(z.string(), setting(logPattern, { says: "A pattern of your own, counted in logs under this name" })).prefault({}),
});
