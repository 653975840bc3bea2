import type { PROMETHEUS_QUESTIONS } from "./schema.ts";

export type Question = { readonly what: (typeof PROMETHEUS_QUESTIONS)[number]; readonly unit: string; readonly expression: string };

// What collections are counted by in the client libraries of Go, Python, the JVM and Node.
const COLLECTIONS = [
  "go_gc_duration_seconds_count",
  "python_gc_collections_total",
  "django_gc_collections_total",
  "jvm_gc_pause_seconds_count",
  "jvm_gc_collection_seconds_count",
  "nodejs_gc_duration_seconds_count",
];
// What requests are counted by, and where their status stands.
const REQUESTS = [
  "http_requests_total",
  "http_server_requests_seconds_count",
  "http_request_duration_seconds_count",
  "django_http_responses_total_by_status_total",
];
// What memory that grew is counted by, where a program counts that itself.
const GROWTH_EVENTS = ["django_memory_growth_events_total", "memory_growth_events_total", "memory_leak_events_total"];
const STATUS_LABELS = ["code", "status", "status_code"];

/** What is asked about some pods, as PromQL. By the labels `namespace` and `pod`, as Prometheus' operator sets them, or their older names. Pure. */
export function questionsAbout({ namespace, pods }: { readonly namespace: string; readonly pods: readonly string[] }): readonly Question[] {
  const names = pods.map((name) => name.replaceAll(".", "\\\\.")).join("|");
  const own = [`namespace="${namespace}",pod=~"${names}"`, `kubernetes_namespace="${namespace}",kubernetes_pod_name=~"${names}"`];
  const [usual = ""] = own;
  const rates = (metrics: readonly string[], more = ""): readonly string[] =>
    metrics.flatMap((metric) => own.map((labels) => `sum by (pod, kubernetes_pod_name) (rate(${metric}{${labels}${more}}[5m]))`));
  // By the same measure as rules that fire on it: the slope of the last hour, of the one that grows most.
  const perHour = (metric: string, more = ""): readonly string[] =>
    own.map((labels) => `max by (pod, kubernetes_pod_name) (deriv(${metric}{${labels}${more}}[1h])) * 3600`);
  const growth = [
    `max by (pod, container) (deriv(container_memory_working_set_bytes{${usual},container!="",container!="POD"}[1h])) * 3600`,
  ];
  const withinAnHour = (metric: string): readonly string[] =>
    own.map((labels) => `sum by (pod, kubernetes_pod_name) (increase(${metric}{${labels}}[1h]))`);
  return [
    {
      what: "usage",
      unit: "bytes",
      expression: `max by (pod, container) (container_memory_working_set_bytes{${usual},container!="",container!="POD"})`,
    },
    { what: "restarts", unit: "restarts", expression: `max by (pod, container) (kube_pod_container_status_restarts_total{${usual}})` },
    { what: "collections", unit: "per second", expression: either(rates(COLLECTIONS)) },
    { what: "requests", unit: "per second", expression: either(rates(REQUESTS)) },
    { what: "growth", unit: "bytes per hour", expression: either([...growth, ...perHour("process_resident_memory_bytes")]) },
    {
      what: "object-growth",
      unit: "objects per hour",
      expression: either([...perHour("django_python_objects_total", ',object_type=~"dict|list"'), ...perHour("go_memstats_heap_objects")]),
    },
    { what: "growth-events", unit: "events per hour", expression: either(GROWTH_EVENTS.flatMap(withinAnHour)) },
    { what: "errors", unit: "per second", expression: either(STATUS_LABELS.flatMap((label) => rates(REQUESTS, `,${label}=~"5.."`))) },
  ];
}

/** The first that there is, pod by pod. */
function either(expressions: readonly string[]): string {
  return expressions.join(" or ");
}
