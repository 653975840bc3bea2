import { REPORTERS } from "./name-words.ts";
import { HOST_LABELS, NODE_LABELS } from "./place-words.ts";

/** Labels by their comparable names: `k8s.pod.name` and `Pod Name` → `k8s_pod_name`, `pod_name`. */
export type Labels = ReadonlyMap<string, string>;

/** Prometheus' own exporters of machines listen there: 9100 Linux, 9182 Windows, 9796 the operator's. */
const MACHINE_PORT = /:(?:9100|9182|9796)$/;
/** What a label of an exporter's own pod says, for the labels that a scrape adds. */
const OF_THE_SCRAPE = ["pod", "container", "namespace", "service", "endpoint", "job", "instance", "app", "name", "component"] as const;
const MACHINE_EXPORTER = /^node$|node[-_]?exporter|windows[-_]?exporter/;
const KUBELET = /kubelet|cadvisor/;
const STATE = /kube-?state-?metrics/;

/**
 * The labels that speak of the victim. What an exporter's scrape says of the exporter itself (its pod, its address) is left
 * out, and `exported_pod` is the pod. Source: Prometheus' `honor_labels`, which renames what collides.
 */
export function victimLabels(labels: Readonly<Record<string, string>>): Labels {
  const read = READ.get(labels) ?? ofVictim(labels);
  READ.set(labels, read);
  return read;
}

// Of one alert they are asked for several times.
const READ = new WeakMap<Readonly<Record<string, string>>, Labels>();

function ofVictim(labels: Readonly<Record<string, string>>): Labels {
  const all = new Map(Object.entries(labels).map(([name, value]) => [comparable(name), value.trim()] as const));
  const exported = [...all].filter(([name]) => name.startsWith("exported_")).map(([name, value]) => [name.slice(9), value] as const);
  const reporter = reporterOf(all);
  const dropped = new Set<string>(
    droppedFor(reporter, { all, isRenamed: exported.some(([name]) => name === "pod" || name === "namespace") }),
  );
  const own = [...all].filter(([name, value]) => !name.startsWith("exported_") && !dropped.has(name) && value !== "");
  return new Map([...own, ...exported.filter(([, value]) => value !== "")]);
}

/** Is the alert measured by something that looks at a whole machine? */
export function isOfMachine(labels: Readonly<Record<string, string>>): boolean {
  return reporterOf(new Map(Object.entries(labels).map(([name, value]) => [comparable(name), value] as const))) === "machine";
}

/** By a label that means a machine; an `instance` can be anything that is scraped. */
export function namesMachine(labels: Readonly<Record<string, string>>): boolean {
  return Object.keys(labels).some((name) => OF_MACHINES.has(comparable(name)));
}

const OF_MACHINES = new Set<string>([...NODE_LABELS, ...HOST_LABELS.filter((label) => label !== "instance" && label !== "agent")]);

export function comparable(label: string): string {
  if (COMPARABLE.test(label)) return label;
  return label
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "_")
    .replace(/^_|_$/g, "");
}

// As nearly all are written.
const COMPARABLE = /^[a-z\d]+(?:_[a-z\d]+)*$/;

type Reporter = "state" | "machine" | "kubelet" | "exporter" | undefined;

function reporterOf(labels: Labels): Reporter {
  const said = ["job", "service", "pod", "container"].map((label) => (labels.get(label) ?? "").toLowerCase());
  if ([said[0], said[1]].some((value) => KUBELET.test(value ?? "")) || (labels.get("metrics_path") ?? "").includes("cadvisor"))
    return "kubelet";
  if (said.some((value) => STATE.test(value))) return "state";
  if (said.some((value) => MACHINE_EXPORTER.test(value)) || MACHINE_PORT.test(labels.get("instance") ?? "")) return "machine";
  return said.some((value) => value.includes("exporter")) ? "exporter" : undefined;
}

type Scrape = { readonly all: Labels; readonly isRenamed: boolean };

function droppedFor(reporter: Reporter, { all, isRenamed }: Scrape): readonly string[] {
  // A renamed label has a twin that is the exporter's own.
  const twins = OF_THE_SCRAPE.filter((label) => all.has(`exported_${label}`));
  if (isRenamed) return OF_THE_SCRAPE.filter((label) => label !== "instance" || reporter !== "machine");
  if (reporter === "kubelet") return [...twins, "service", "endpoint", "job", "metrics_path", ...(all.has("node") ? ["instance"] : [])];
  if (reporter === undefined) return [...twins, ...OF_THE_SCRAPE.filter((label) => label !== "instance" && isReporter(all.get(label)))];
  const kept = keptFor(reporter, all);
  return OF_THE_SCRAPE.filter((label) => !kept.includes(label));
}

/** With honor_labels the victim's own labels come through; which is so is seen by whose name they have. */
function keptFor(reporter: Reporter, all: Labels): readonly string[] {
  if (reporter === "machine") return ["instance"];
  if (isReporter(all.get("pod"))) return isReporter(all.get("instance")) || reporter === "state" ? [] : ["instance"];
  const own = ["pod", "namespace", ...(isReporter(all.get("container")) ? [] : ["container"])];
  return reporter === "state" ? own : [...own, "instance", "app", "name"];
}

/** Is it the name of a program that reports on others? */
export function isReporter(value: string | undefined): boolean {
  const lower = (value ?? "").toLowerCase();
  return REPORTERS.some((reporter) => lower.includes(reporter)) || lower.startsWith("kube-rbac-proxy") || STATE.test(lower);
}
