import type { KubernetesAccess, KubernetesConnectionSettings } from "../adapters/kubernetes/settings.ts";
import type { AlertThresholds } from "../domain/alert-thresholds.ts";
import { DEFAULT_CONNECTION } from "../domain/target.ts";
import type { Environment } from "./environment.ts";
import { given } from "../domain/given.ts";
import type { KubernetesConnectionDocument } from "./kubernetes-schema.ts";
import type { CommandLineDocument } from "./schema.ts";

export type KubernetesConfig = {
  readonly clusters: readonly ClusterConfig[];
  /** By `<namespace>/<name>` of the workload, `*` at the end matching the rest; the first that fits counts. */
  readonly apps: readonly { readonly pattern: string; readonly app: AppConfig }[];
  /** What the claim of an alert is held against. */
  readonly thresholds: AlertThresholds;
};

export type ClusterConfig = {
  readonly settings: KubernetesConnectionSettings;
  /** Patterns of `<namespace>/<name>` of workloads that are watched, and of those that are not. */
  readonly watch: readonly string[];
  readonly ignore: readonly string[];
};

/** Where an app tells of itself. */
export type AppConfig = {
  readonly container?: string;
  readonly metrics?: Endpoint & {
    /** Names of metrics, `*` at the end matching the rest. */
    readonly gauges: readonly string[];
    /** A Secret in the pod's namespace, and its keys. */
    readonly basicAuth?: { readonly secret: string; readonly userKey: string; readonly passwordKey: string };
  };
  readonly ready?: Endpoint;
  readonly profile?: Endpoint;
  /** Prints what the heap holds. */
  readonly heapCommand?: readonly string[];
};

type Endpoint = { readonly port: number; readonly path: string };

export type PrometheusConfig = {
  readonly url: string;
  readonly timeoutMs: number;
  readonly auth?:
    | { readonly kind: "basic"; readonly user: string; readonly password: string }
    | { readonly kind: "bearer"; readonly token: string };
};

// Where a cluster keeps the token and certificates of a pod's service account. Source: Kubernetes, accessing the API from a Pod.
const SERVICE_ACCOUNT_FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount";

const BARE: KubernetesConnectionDocument = {
  kubeconfig: undefined,
  context: undefined,
  inCluster: false,
  namespaces: [],
  deny: [],
  connectTimeout: 3_000,
  callTimeout: 10_000,
  watch: ["*"],
  ignore: [],
};

export function buildKubernetes(document: CommandLineDocument["kubernetes"], env: Environment): KubernetesConfig {
  const { connections, apps, kubeconfig, context, inCluster } = document;
  const named = Object.entries(connections).map(([name, connection]) => buildCluster(name, connection, env));
  const hasLocal = kubeconfig !== undefined || context !== undefined || inCluster;
  const local = hasLocal ? [buildCluster(DEFAULT_CONNECTION, { ...BARE, kubeconfig, context, inCluster }, env)] : [];
  return {
    clusters: [...local, ...named],
    apps: Object.entries(apps).map(([pattern, app]) => ({ pattern, app: buildApp(app) })),
    thresholds: buildThresholds(document.thresholds),
  };
}

function buildThresholds(document: CommandLineDocument["kubernetes"]["thresholds"]): AlertThresholds {
  const { memory_growth: growth, memory_leak: leak, object_growth: objects, memory_high: high } = document;
  return {
    memory_growth: { warningBytesPerHour: growth.warning, criticalBytesPerHour: growth.critical },
    memory_leak: { eventsPerHour: leak.events },
    object_growth: { objectsPerHour: objects.objects },
    memory_high: { warningBytes: high.warning, criticalBytes: high.critical, share: high.percentOfLimit / 100 },
    gc_pressure: { collectionsPerSecond: document.gc_pressure.collections },
    metrics_missing: { forMs: document.metrics_missing.for },
    container_restarts: { withinMs: document.container_restarts.within },
  };
}

function buildCluster(name: string, connection: KubernetesConnectionDocument, env: Environment): ClusterConfig {
  const { namespaces, deny, connectTimeout, callTimeout, watch, ignore } = connection;
  return {
    settings: {
      name,
      access: buildAccess(connection, env),
      namespaces: { allowed: namespaces, denied: deny },
      connectTimeoutMs: connectTimeout,
      callTimeoutMs: callTimeout,
    },
    watch,
    ignore,
  };
}

function buildAccess({ inCluster, kubeconfig, context }: KubernetesConnectionDocument, env: Environment): KubernetesAccess {
  if (inCluster) {
    const { KUBERNETES_SERVICE_HOST: host = "", KUBERNETES_SERVICE_PORT: port = "443" } = env;
    return { kind: "in-cluster", host, port: Number(port), folder: SERVICE_ACCOUNT_FOLDER };
  }
  const { PATH, HOME } = env;
  return {
    kind: "kubeconfig",
    paths: kubeconfig ?? [`${HOME ?? ""}/.kube/config`],
    pluginEnvironment: given({ PATH, HOME }),
    ...given({ context }),
  };
}

function buildApp({ container, metrics, ready, profile, heapCommand }: CommandLineDocument["kubernetes"]["apps"][string]): AppConfig {
  return given({ container, metrics: metrics === undefined ? undefined : buildMetrics(metrics), ready, profile, heapCommand });
}

type MetricsDocument = NonNullable<CommandLineDocument["kubernetes"]["apps"][string]["metrics"]>;

function buildMetrics({ port, path, gauges, secret, userKey, passwordKey }: MetricsDocument): NonNullable<AppConfig["metrics"]> {
  return { port, path, gauges, ...given({ basicAuth: secret === undefined ? undefined : { secret, userKey, passwordKey } }) };
}

export function buildPrometheus({ url, user, password, token, timeout }: CommandLineDocument["prometheus"]): PrometheusConfig | undefined {
  if (url === undefined) return undefined;
  if (token !== undefined) return { url, timeoutMs: timeout, auth: { kind: "bearer", token } };
  if (user === undefined || password === undefined) return { url, timeoutMs: timeout };
  return { url, timeoutMs: timeout, auth: { kind: "basic", user, password } };
}
