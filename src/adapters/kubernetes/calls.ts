/**
 * Every call that is made to a cluster, what for, and in which role: `read` is enough to investigate, `inside` adds what
 * only the pods and kubelets themselves can tell, `act` what Oomph changes when somebody approved it. Roles in
 * deploy/kubernetes and docs/kubernetes.md are generated from this list.
 */
export const KUBERNETES_CALLS = {
  listPods: { verb: "list", group: "", resource: "pods", role: "read", says: "which pods there are, with limits and states" },
  watchPods: { verb: "watch", group: "", resource: "pods", role: "read", says: "a kill as it happens" },
  getPod: { verb: "get", group: "", resource: "pods", role: "read", says: "state and last state of one pod" },
  podLog: { verb: "get", group: "", resource: "pods/log", role: "read", says: "the end of a container's log, and of its life before" },
  listEvents: { verb: "list", group: "", resource: "events", role: "read", says: "kills, evictions and back-offs of the last hour" },
  watchEvents: { verb: "watch", group: "", resource: "events", role: "read", says: "SystemOOM and evictions as they happen" },
  getNode: { verb: "get", group: "", resource: "nodes", role: "read", scope: "cluster", says: "memory and conditions of a node" },
  listNodes: {
    verb: "list",
    group: "",
    resource: "nodes",
    role: "read",
    scope: "cluster",
    says: "the nodes, and which are short of memory",
  },
  getNamespace: {
    verb: "get",
    group: "",
    resource: "namespaces",
    role: "read",
    scope: "cluster",
    says: "whether a namespace exists, for a clear answer",
  },
  getDeployment: {
    verb: "get",
    group: "apps",
    resource: "deployments",
    role: "read",
    says: "template, limits, conditions, who wrote what",
  },
  listDeployments: { verb: "list", group: "apps", resource: "deployments", role: "read", says: "names to choose from" },
  getStatefulSet: { verb: "get", group: "apps", resource: "statefulsets", role: "read", says: "as of a deployment" },
  listStatefulSets: { verb: "list", group: "apps", resource: "statefulsets", role: "read", says: "names to choose from" },
  getDaemonSet: { verb: "get", group: "apps", resource: "daemonsets", role: "read", says: "as of a deployment" },
  listDaemonSets: { verb: "list", group: "apps", resource: "daemonsets", role: "read", says: "names to choose from" },
  getReplicaSet: { verb: "get", group: "apps", resource: "replicasets", role: "read", says: "which deployment a pod belongs to" },
  listReplicaSets: { verb: "list", group: "apps", resource: "replicasets", role: "read", says: "the rollouts of a deployment" },
  listControllerRevisions: {
    verb: "list",
    group: "apps",
    resource: "controllerrevisions",
    role: "read",
    says: "the rollouts of a stateful or daemon set",
  },
  getJob: { verb: "get", group: "batch", resource: "jobs", role: "read", says: "as of a deployment, and its cron job" },
  listJobs: { verb: "list", group: "batch", resource: "jobs", role: "read", says: "names to choose from, and what a cron job started" },
  getCronJob: {
    verb: "get",
    group: "batch",
    resource: "cronjobs",
    versions: ["v1", "v1beta1"],
    role: "read",
    says: "as of a deployment",
  },
  listCronJobs: {
    verb: "list",
    group: "batch",
    resource: "cronjobs",
    versions: ["v1", "v1beta1"],
    role: "read",
    says: "names to choose from",
  },
  listAutoscalers: {
    verb: "list",
    group: "autoscaling",
    resource: "horizontalpodautoscalers",
    versions: ["v2", "v2beta2"],
    role: "read",
    says: "what else changes the number of replicas",
  },
  listBudgets: {
    verb: "list",
    group: "policy",
    resource: "poddisruptionbudgets",
    versions: ["v1", "v1beta1"],
    role: "read",
    says: "how many pods may be away at once",
  },
  listQuotas: { verb: "list", group: "", resource: "resourcequotas", role: "read", says: "how much memory a namespace may still ask for" },
  listLimitRanges: { verb: "list", group: "", resource: "limitranges", role: "read", says: "limits that are set where none was written" },
  getService: { verb: "get", group: "", resource: "services", role: "read", says: "which port of a pod a service leads to" },
  listServices: { verb: "list", group: "", resource: "services", role: "read", says: "whether what Oomph itself runs on is behind one" },
  getEndpoints: { verb: "get", group: "", resource: "endpoints", role: "read", says: "which pod a service leads to" },
  listPodMetrics: {
    verb: "list",
    group: "metrics.k8s.io",
    version: "v1beta1",
    resource: "pods",
    role: "read",
    says: "memory per container, where metrics-server runs",
  },
  getNodeMetrics: {
    verb: "get",
    group: "metrics.k8s.io",
    version: "v1beta1",
    resource: "nodes",
    role: "read",
    scope: "cluster",
    says: "memory of a node, where metrics-server runs",
  },
  nodeProxy: {
    verb: "get",
    group: "",
    resource: "nodes/proxy",
    role: "inside",
    scope: "cluster",
    says: "memory per container from the kubelet, where no metrics-server runs; its kernel log",
  },
  podProxy: { verb: "get", group: "", resource: "pods/proxy", role: "inside", says: "metrics, health and profiles of the app" },
  execute: {
    verb: "get",
    also: ["create"],
    group: "",
    resource: "pods/exec",
    role: "inside",
    says: "a program inside: processes, cgroup files (over WebSockets newer servers want both verbs)",
  },
  forward: {
    verb: "get",
    also: ["create"],
    group: "",
    resource: "pods/portforward",
    role: "inside",
    says: "a port of a pod: a Redis, metrics that want a password (newer servers want both verbs)",
  },
  getSecret: { verb: "get", group: "", resource: "secrets", role: "inside", says: "the password of a metrics endpoint, never shown" },
  reviewAccess: {
    verb: "create",
    group: "authorization.k8s.io",
    resource: "selfsubjectaccessreviews",
    role: "act",
    scope: "cluster",
    says: "whether Oomph may do a thing, before it is offered",
  },
  patchDeployment: {
    verb: "patch",
    group: "apps",
    resource: "deployments",
    role: "act",
    says: "memory, environment, replicas, restart and undo of a rollout",
  },
  patchStatefulSet: { verb: "patch", group: "apps", resource: "statefulsets", role: "act", says: "as of a deployment" },
  patchDaemonSet: { verb: "patch", group: "apps", resource: "daemonsets", role: "act", says: "as of a deployment, but for replicas" },
  patchCronJob: {
    verb: "patch",
    group: "batch",
    resource: "cronjobs",
    versions: ["v1", "v1beta1"],
    role: "act",
    says: "memory and environment of the runs to come",
  },
  deletePod: { verb: "delete", group: "", resource: "pods", role: "act", says: "one pod, which its owner makes anew" },
  evictPod: {
    verb: "create",
    group: "",
    resource: "pods/eviction",
    role: "act",
    says: "the same where a disruption budget has to be kept",
  },
  getIngress: {
    verb: "get",
    group: "networking.k8s.io",
    resource: "ingresses",
    versions: ["v1", "v1beta1"],
    role: "act",
    says: "annotations of an ingress as they are",
  },
  patchIngress: {
    verb: "patch",
    group: "networking.k8s.io",
    resource: "ingresses",
    versions: ["v1", "v1beta1"],
    role: "act",
    says: "one annotation, such as a timeout",
  },
} as const satisfies Record<string, KubernetesCall>;

export type KubernetesCallName = keyof typeof KUBERNETES_CALLS;

export type KubernetesCall = {
  readonly verb: "get" | "list" | "watch" | "create" | "patch" | "update" | "delete";
  /** Verbs that some servers ask for beside. */
  readonly also?: readonly string[];
  /** Empty: the core group. */
  readonly group: string;
  /** Absent: v1. */
  readonly version?: string;
  /** Newest first, where clusters of 1.20 to 1.34 differ: the first that is served is asked. */
  readonly versions?: readonly string[];
  /** With its subresource: `pods/log`. */
  readonly resource: string;
  /** Absent: in namespaces. */
  readonly scope?: "cluster";
  readonly role: "read" | "inside" | "act";
  readonly says: string;
};

export type CallPlace = {
  readonly namespace?: string;
  readonly name?: string;
  /** Instead of the call's own version. */
  readonly version?: string;
  /** What follows the resource, with its slash: of a proxied server. As it is to be sent. */
  readonly path?: string;
};

/** The path of a call; names are one segment of it, whatever they hold. */
export function pathOf(call: KubernetesCallName, place: CallPlace): string {
  const { group, version: own = "v1", resource }: KubernetesCall = KUBERNETES_CALLS[call];
  const { version = own, namespace, name, path = "" } = place;
  const [kind = "", subresource] = resource.split("/");
  const segments = [
    ...(group === "" ? ["api", version] : ["apis", group, version]),
    ...(namespace === undefined ? [] : ["namespaces", namespace]),
    kind,
    ...(name === undefined ? [] : [name]),
    ...(subresource === undefined ? [] : [subresource]),
  ];
  return `/${segments.map(encodeURIComponent).join("/")}${path}`;
}

/** `deployments.apps`, as RBAC and kubectl name it. */
export function resourceOf(call: KubernetesCallName): string {
  const { group, resource } = KUBERNETES_CALLS[call];
  return group === "" ? resource : `${resource}.${group}`;
}
