import type { WorkloadResource } from "../domain/target.ts";

/*
 * By which labels senders name the places of an alert, the surer first. Labels are compared in lower case, with `_` for what
 * is no letter or digit: `k8s.pod.name`, `Pod Name`. Sources: kube-state-metrics, cAdvisor, Prometheus' service discovery,
 * OpenTelemetry, Datadog's tags, CloudWatch's Container Insights, fluent-bit.
 */

export const NAMESPACE_LABELS = [
  "namespace",
  "kube_namespace",
  "k8s_namespace_name",
  "k8s_namespace",
  "kubernetes_namespace",
  "kubernetes_namespace_name",
  "namespace_name",
  "pod_namespace",
  "namespacename",
  "io_kubernetes_pod_namespace",
  "container_label_io_kubernetes_pod_namespace",
  "ns",
] as const;

export const POD_LABELS = [
  "pod",
  "pod_name",
  "podname",
  "kube_pod",
  "k8s_pod_name",
  "kubernetes_pod_name",
  "kubernetes_pod",
  "io_kubernetes_pod_name",
  "container_label_io_kubernetes_pod_name",
] as const;

export const CONTAINER_NAME_LABELS = [
  "container",
  "container_name",
  "containername",
  "kube_container_name",
  "k8s_container_name",
  "kubernetes_container_name",
  "io_kubernetes_container_name",
  "container_label_io_kubernetes_container_name",
] as const;

export const NODE_LABELS = [
  "node",
  "nodename",
  "node_name",
  "kube_node",
  "k8s_node_name",
  "kubernetes_node",
  "kubernetes_node_name",
  "exported_node",
] as const;

export const HOST_LABELS = [
  "hostname",
  "host",
  "host_name",
  "server",
  "machine",
  "vm",
  "agent",
  "instance_name",
  "instanceid",
  "instance_id",
  "host_id",
  "instance",
] as const;

export const CLUSTER_LABELS = [
  "cluster",
  "cluster_name",
  "clustername",
  "kube_cluster_name",
  "k8s_cluster_name",
  "kubernetes_cluster",
  "eks_cluster",
  "k8s_cluster",
] as const;

/** What has the pods, the one that lasts longest first. */
export const OWNER_LABELS: readonly (readonly [WorkloadResource, readonly string[]])[] = [
  [
    "deploy",
    ["deployment", "deployment_name", "kube_deployment", "k8s_deployment_name", "kubernetes_deployment_name", "kubernetes_deployment"],
  ],
  ["sts", ["statefulset", "statefulset_name", "kube_stateful_set", "k8s_statefulset_name"]],
  ["ds", ["daemonset", "daemonset_name", "kube_daemon_set", "k8s_daemonset_name"]],
  ["cronjob", ["cronjob", "cronjob_name", "kube_cronjob", "k8s_cronjob_name"]],
  ["job", ["job_name", "kube_job", "k8s_job_name"]],
];

/** By which a ReplicaSet is named, where its Deployment is not. */
export const REPLICA_SET_LABELS = ["replicaset", "kube_replica_set", "k8s_replicaset_name"] as const;

/** What has the pods, by name and kind. */
export const OWNER_NAME_LABELS = ["owner_name", "created_by_name", "controller_name"] as const;
export const OWNER_KIND_LABELS = ["owner_kind", "created_by_kind", "controller_kind"] as const;

/** What an alert is about, by name and kind. */
export const ABOUT_NAME_LABELS = ["name", "resource_name", "involvedobject_name", "workload", "workload_name"] as const;
export const ABOUT_KIND_LABELS = ["kind", "resource_kind", "involvedobject_kind", "workload_type", "workload_kind"] as const;

/** Labels that may name what is looked for where no place is named, the likelier first. */
export const OTHER_LABELS = [
  "service",
  "service_name",
  "servicename",
  "kube_service",
  "app",
  "application",
  "app_name",
  "app_kubernetes_io_name",
  "component",
  "workload",
  "functionname",
  "dbinstanceidentifier",
  "dbclusteridentifier",
  "domainname",
  "configurationitems",
  "taskdefinitionfamily",
  "database",
  "resource",
  "name",
  "server_name",
  "resource_display_name", // Google Cloud Monitoring's
  "entity",
  "impacted_entities",
  "impacted_entity",
  "project",
  "release_name",
  "job",
] as const;

/** Kinds of Kubernetes as senders write them. */
export const KINDS: Readonly<Record<string, WorkloadResource | "node">> = {
  pod: "pod",
  deployment: "deploy",
  deploy: "deploy",
  statefulset: "sts",
  sts: "sts",
  daemonset: "ds",
  ds: "ds",
  job: "job",
  cronjob: "cronjob",
  node: "node",
};

/** All labels that say where. */
export const PLACE_LABELS: ReadonlySet<string> = new Set<string>([
  ...[NAMESPACE_LABELS, POD_LABELS, CONTAINER_NAME_LABELS, NODE_LABELS, HOST_LABELS, CLUSTER_LABELS, OTHER_LABELS].flat(),
  ...[REPLICA_SET_LABELS, OWNER_NAME_LABELS, OWNER_KIND_LABELS, ABOUT_NAME_LABELS, ABOUT_KIND_LABELS].flat(),
  ...OWNER_LABELS.flatMap(([, names]) => names),
]);
