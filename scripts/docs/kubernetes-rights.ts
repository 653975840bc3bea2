import { KUBERNETES_CALLS, type KubernetesCall } from "../../src/adapters/kubernetes/calls.ts";

const BEGIN = "<!-- calls: generated from src/adapters/kubernetes/calls.ts by `npm run docs` -->";
const END = "<!-- end of calls -->";

type Role = KubernetesCall["role"];

const ROLES: Readonly<Record<Role, { readonly title: string; readonly says: string }>> = {
  read: { title: "reading", says: "Enough to investigate and to watch." },
  inside: {
    title: "looking inside",
    says: "Memory from kubelets, programs in containers, ports of pods, one secret's password. Leave out what must not be: the step is then a gap, and said.",
  },
  act: { title: "acting", says: "Only after an approval. Leave it out where nothing is to be changed: every action is then refused, by the missing verb." },
};

const HEADER = `# Generated from src/adapters/kubernetes/calls.ts by \`npm run docs\`; what each right is for stands beside it.`;
const SUBJECT = `subjects:
  - kind: ServiceAccount
    name: oomph
    namespace: oomph`;

/** The document with the table of calls between its marks as it is now. */
export function withKubernetesCalls(document: string): string {
  const [before, after] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (before === -1 || after < before) throw new Error(`expected the lines "${BEGIN}" and "${END}" in the document, found not both`);
  const rows = Object.keys(ROLES).flatMap((role) =>
    callsOf((call) => call.role === role).map((call) => `| ${ROLES[call.role].title} | \`${verbsOf(call).join("`, `")}\` | \`${named(call)}\` | ${call.says} |`),
  );
  return `${document.slice(0, before)}${BEGIN}\n${[...Object.values(ROLES).map(({ title, says }) => `- **${title[0]?.toUpperCase()}${title.slice(1)}**: ${says}`), "", "| for | verb | resource | what it gives |", "|---|---|---|---|", ...rows].join("\n")}\n${document.slice(after)}`;
}

/** Manifests by their names in deploy/kubernetes. */
export function renderManifests(): Readonly<Record<string, string>> {
  return {
    "reader.yaml": renderReader(),
    "reader-namespaced.yaml": renderNamespacedReader(),
    "actor.yaml": renderActor(),
  };
}

function renderReader(): string {
  return documents(
    `# What Oomph needs to look at a whole cluster: oomph-reader, and oomph-inside beside it, which may be left out.
#   kubectl create namespace oomph && kubectl apply -f deploy/kubernetes/reader.yaml
${HEADER}
${serviceAccount()}`,
    roleOf("ClusterRole", "oomph-reader", ({ role }) => role === "read"),
    bindingOf("ClusterRole", "oomph-reader"),
    roleOf("ClusterRole", "oomph-inside", ({ role }) => role === "inside"),
    bindingOf("ClusterRole", "oomph-inside"),
  );
}

function renderNamespacedReader(): string {
  const isIn = ({ scope }: KubernetesCall): boolean => scope === undefined;
  return documents(
    `# The same for one namespace, where nothing of the whole cluster may be seen: name the namespace under
# kubernetes.connections.<name>.namespaces. Nodes, and memory from kubelets, are then gaps, and said.
#   kubectl create namespace oomph && kubectl -n oomph create serviceaccount oomph   (once)
#   kubectl -n shop apply -f deploy/kubernetes/reader-namespaced.yaml
${HEADER}
${roleOf("Role", "oomph-reader", (call) => call.role === "read" && isIn(call))}`,
    bindingOf("Role", "oomph-reader"),
    roleOf("Role", "oomph-inside", (call) => call.role === "inside" && isIn(call)),
    bindingOf("Role", "oomph-inside"),
  );
}

function renderActor(): string {
  return documents(
    `# What Oomph may change, beside a reader: each change is approved by people first. As a ClusterRole, so that it can be
# bound to the whole cluster (as below), or namespace by namespace with a RoleBinding:
#   kubectl -n shop create rolebinding oomph-actor --clusterrole=oomph-actor --serviceaccount=oomph:oomph
${HEADER}
${roleOf("ClusterRole", "oomph-actor", ({ role }) => role === "act")}`,
    bindingOf("ClusterRole", "oomph-actor"),
  );
}

function documents(...parts: readonly string[]): string {
  return `${parts.join("\n---\n")}\n`;
}

function serviceAccount(): string {
  return `apiVersion: v1
kind: ServiceAccount
metadata:
  name: oomph
  namespace: oomph`;
}

function roleOf(kind: "Role" | "ClusterRole", name: string, isIn: (call: KubernetesCall) => boolean): string {
  const calls = callsOf(isIn);
  const resources = [...new Set(calls.map(named))];
  const rules = resources.map((resource) => ruleOf(calls.filter((call) => named(call) === resource)));
  return `apiVersion: rbac.authorization.k8s.io/v1
kind: ${kind}
metadata:
  name: ${name}
rules:
${rules.join("\n")}`;
}

function ruleOf(calls: readonly KubernetesCall[]): string {
  const [first] = calls;
  const verbs = [...new Set(calls.flatMap(verbsOf))];
  return [
    ...calls.map((call) => `  # ${call.verb}: ${call.says}`),
    `  - apiGroups: ["${first?.group ?? ""}"]`,
    `    resources: ["${first?.resource ?? ""}"]`,
    `    verbs: [${verbs.map((verb) => `"${verb}"`).join(", ")}]`,
  ].join("\n");
}

function bindingOf(kind: "Role" | "ClusterRole", name: string): string {
  return `apiVersion: rbac.authorization.k8s.io/v1
kind: ${kind}Binding
metadata:
  name: ${name}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ${kind}
  name: ${name}
${SUBJECT}`;
}

function callsOf(isIn: (call: KubernetesCall) => boolean): readonly KubernetesCall[] {
  const calls: readonly KubernetesCall[] = Object.values(KUBERNETES_CALLS);
  return calls.filter(isIn);
}

function verbsOf({ verb, also = [] }: KubernetesCall): readonly string[] {
  return [verb, ...also];
}

function named({ group, resource }: KubernetesCall): string {
  return group === "" ? resource : `${resource}.${group}`;
}
