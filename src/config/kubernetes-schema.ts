import { z } from "zod";
import { duration, flag, httpUrl, names, text, whole } from "./kinds.ts";
import { commandLine, namespacePatterns, paths, urlPath } from "./outside-kinds.ts";
import { optional, setting } from "./setting-schema.ts";
import { thresholds } from "./threshold-schema.ts";

const kubeconfig = "Kubeconfig files, the first that names a thing wins; credential plugins in them are run";
const port = whole(1, 65_535);

const access = {
  kubeconfig: optional(paths, { says: kubeconfig, path: true }),
  context: optional(text, { expected: "the name of a context in the kubeconfig", says: "Absent: the file's current context" }),
  inCluster: setting(flag, { says: "Oomph runs in that cluster, and is its pod's service account", fallback: "false" }),
};

export const kubernetesConnection = z.strictObject({
  ...access,
  namespaces: setting(namespacePatterns, {
    says: "The namespaces that Oomph may look at, `*` at the end matches the rest; names without `*` need a Role in each and no ClusterRole. Empty: all",
    fallback: "[]",
  }),
  deny: setting(namespacePatterns, { says: "Namespaces that it may not, whatever is allowed", fallback: "[]" }),
  connectTimeout: setting(duration, { says: "Longest wait for a connection", fallback: "3s" }),
  callTimeout: setting(duration, { says: "Longest wait for one answer", fallback: "10s" }),
  watch: setting(names, {
    says: "Workloads that the watch looks at, as `<namespace>/<name>`; `*` at the end matches the rest",
    fallback: '["*"]',
  }),
  ignore: setting(names, { says: "Those that it leaves alone, likewise", fallback: "[]" }),
});

export type KubernetesConnectionDocument = z.output<typeof kubernetesConnection>;

const endpoint = (says: string, path: string) => ({
  port: setting(port, { says }),
  path: setting(urlPath, { says: "Its path", fallback: path }),
});

const metrics = z.strictObject({
  ...endpoint("The port of the app's Prometheus text", "/metrics"),
  gauges: setting(names, {
    says: "Metrics that the report shows, with how they moved between two reads, `*` at the end matches the rest",
    fallback: "[]",
  }),
  secret: optional(text, {
    expected: "the name of a Secret in the pod's namespace",
    says: "Holds user and password of basic auth; they are never shown",
  }),
  userKey: setting(text, { expected: "a key of that Secret", says: "Where the user stands in it", fallback: "username" }),
  passwordKey: setting(text, { expected: "a key of that Secret", says: "Where the password stands in it", fallback: "password" }),
});

const app = z.strictObject({
  container: optional(text, { expected: "the name of a container", says: "The one that the app runs in, where a pod has several" }),
  metrics: metrics.optional(),
  ready: z.strictObject(endpoint("The port that tells whether the app is well: 2xx is well", "/ready")).optional(),
  profile: z
    .strictObject(
      endpoint("The port of Go's net/http/pprof, or of another that answers with a heap profile or a list of objects", "/debug/pprof/heap"),
    )
    .optional(),
  heapCommand: optional(commandLine, {
    says: "Run inside the container for a heap profile: prints lines of `bytes count name`, tracemalloc's statistics or a JVM's histogram",
  }),
});

export const kubernetes = z.strictObject({
  connections: z.record(z.string(), kubernetesConnection).prefault({}),
  kubeconfig: optional(paths, {
    says: `One cluster without a file, the connection \`local\`: ${kubeconfig}`,
    path: true,
    env: "OOMPH_KUBECONFIG",
  }),
  context: optional(text, { expected: "the name of a context in the kubeconfig", says: "Of that one cluster", env: "OOMPH_KUBE_CONTEXT" }),
  inCluster: setting(flag, { says: "Likewise: the cluster that Oomph's own pod runs in", fallback: "false", env: "OOMPH_KUBE_IN_CLUSTER" }),
  apps: z.record(z.string(), app).prefault({}),
  thresholds: thresholds.prefault({}),
});

export const prometheus = z.strictObject({
  url: optional(httpUrl, {
    says: "Asked whether targets are up and for usage, restarts, collections and requests over time",
    env: "OOMPH_PROMETHEUS_URL",
  }),
  user: optional(text, { expected: "a user", says: "For basic auth" }),
  password: optional(text, { expected: "a password", says: "For basic auth", secret: true }),
  token: optional(text, { expected: "a token", says: "Sent as a bearer token instead", secret: true }),
  timeout: setting(duration, { says: "Longest wait for one answer", fallback: "5s" }),
});
