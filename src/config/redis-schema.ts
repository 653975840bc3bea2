import { z } from "zod";
import { duration, flag, hostAlone, hostPorts, httpUrl, names, redisUrl, size, text, whole } from "./kinds.ts";
import { optional, setting } from "./setting-schema.ts";

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

const kubernetes = z.strictObject({
  connection: setting(text, {
    expected: "the name of a connection under kubernetes",
    says: "The cluster that it runs in, one of `kubernetes.connections`",
    fallback: "local",
  }),
  namespace: setting(text, { expected: "the name of a namespace", says: "Where it runs" }),
  pod: optional(text, {
    expected: "the name of a pod",
    says: "The pod, such as one of a StatefulSet, whose names stay. Or give `service`",
  }),
  service: optional(text, { expected: "the name of a Service", says: "The pod that this Service leads to at the moment" }),
  port: setting(port, { says: "Of the pod, or of the Service", fallback: "6379" }),
  container: optional(text, {
    expected: "the name of a container",
    says: "Where programs are run if ports may not be forwarded; the pod's first unless said otherwise",
  }),
});

export const connection = z.strictObject({
  url: optional(redisUrl, {
    says: "One server, with user, password and database. Or give `host`, `sentinel`, `cluster` or `kubernetes`",
    secret: true,
  }),
  host: optional(hostAlone, { says: "One server, written apart" }),
  port: setting(port, { says: "Beside `host`", fallback: "6379" }),
  sentinel: sentinel.optional(),
  cluster: cluster.optional(),
  kubernetes: kubernetes.optional(),
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

export const redis = z.strictObject({
  census: setting(duration, { says: "Time box of the key census, per investigation", env: "OOMPH_REDIS_CENSUS", fallback: "1s" }),
  connections: z.record(z.string(), connection).prefault({}),
  lookAtStart: setting(flag, {
    says: "Look at every connection once after the start, and say in the log and in `/readyz` which cannot be looked at",
    fallback: "true",
  }),
});

export type RedisConnectionDocument = z.output<typeof connection>;
