import type { Json } from "../../domain/json.ts";
import type { Plan, Planned } from "../../domain/plan.ts";
import { formatTarget, type Target, WORKLOAD_RESOURCES } from "../../domain/target.ts";
import type { ObjectPlace, Right } from "../../ports/cluster-acts.ts";
import { ACTION_MARK } from "./mark.ts";
import type { Action } from "../action.ts";
import { planChange, type PlainOperation } from "./change.ts";
import { changing } from "./changing.ts";
import type { KubernetesActionDeps } from "./deps.ts";
import { unfit } from "./kinds.ts";
import { isList, isObject, pointerTo, textOf, valueAt } from "./pointer.ts";
import { AnnotateParams, readParams } from "./schema.ts";
import { planOn, refused, type WorkloadSession } from "./session.ts";

const DOC = {
  id: "k8s.annotate-ingress",
  title: "Annotate ingress",
  risk: "change",
  targetKind: "workload",
  params: [
    { name: "ingress", says: "the ingress, in the workload's namespace", required: true },
    { name: "name", says: "the annotation: nginx.ingress.kubernetes.io/proxy-read-timeout", required: true },
    { name: "value", says: "what it should be: 1800", required: false },
    { name: "remove", says: "yes takes it away instead", required: false },
  ],
} as const satisfies Partial<Action>;

// What controllers put into their configuration as it is, who may come in, and what others keep their own account in.
const FORBIDDEN =
  /snippet|lua|auth-|whitelist|allowlist|denylist|modsecurity|mirror|last-applied-configuration|^meta\.helm\.sh|argocd|fluxcd/i;

/** One annotation of an ingress, such as a timeout that lets go of connections that leak. The way back is the value before. */
export function annotateIngress(deps: KubernetesActionDeps): Action {
  return {
    ...DOC,
    plan: (target, params) => planAnnotation(deps, target, params),
    ...changing(deps, { place: ingressOf, rights: annotating }),
  };
}

async function planAnnotation(deps: KubernetesActionDeps, target: Target, given: Readonly<Record<string, Json>>): Promise<Planned> {
  const read = readParams(AnnotateParams, DOC, given);
  if (read.kind === "refused") return read;
  const { ingress, name, value, remove } = read.params;
  const because = unfit(target, WORKLOAD_RESOURCES, "reached through an ingress") ?? whyNot(name, value, remove);
  if (because !== undefined) return refused(`${DOC.id}: ${because}`);
  return planOn(deps, { target, rights: annotating }, async (session) =>
    planOnIngress(deps, session, { ingress, name, value: remove ? undefined : value }),
  );
}

function annotating({ namespace }: { readonly namespace: string }): readonly Right[] {
  return (["get", "patch"] as const).map((verb) => ({ verb, resource: "networking.k8s.io/ingresses", namespace }));
}

function whyNot(name: string, value: string | undefined, remove: boolean): string | undefined {
  if (name === ACTION_MARK || FORBIDDEN.test(name))
    return `${name} is not for Oomph to set: it changes who comes in, or the server's configuration itself.`;
  if ((value === undefined) !== remove) return `expected either --value or --remove yes, got ${remove ? "both" : "neither"}.`;
  return undefined;
}

type Wanted = { readonly ingress: string; readonly name: string; readonly value: string | undefined };

async function planOnIngress(deps: KubernetesActionDeps, session: WorkloadSession, { ingress, name, value }: Wanted): Promise<Planned> {
  const { target } = session;
  const place = { of: "ingress", namespace: target.namespace, name: ingress } as const;
  const object = await session.acts.read(place);
  const path = `/metadata/annotations${pointerTo(name)}`;
  const before = valueAt(object.definition, path);
  if (before === value) return refused(`${name} of ingress ${ingress} is ${value ?? "not set"} already: there is nothing to change.`);
  // The run's mark, which comes first, makes the list of annotations where there is none.
  const operations: readonly PlainOperation[] = [value === undefined ? { op: "remove", path } : { op: "add", path, value }];
  return planChange(deps, session, {
    doc: DOC,
    place,
    object,
    operations,
    guards: [path],
    summary: `${value === undefined ? `Take ${name} away from` : `Set ${name} to ${value} on`} ingress ${ingress}, for ${formatTarget(target)}`,
    touched: [
      `All that goes through the ingress: ${routesOf(object.definition)}`,
      "Its controller takes the change on within seconds; some close open connections then",
    ],
    warnings: ["Whether the value means anything is for the ingress controller to say: look at its log if nothing changes."],
    wayBack: before === undefined ? "Takes the annotation away again." : `Sets it back to ${textOf(before)}.`,
    back: { actionId: DOC.id, params: { ingress, name, ...(before === undefined ? { remove: true } : { value: before }) } },
    params: { ingress, name, ...(value === undefined ? { remove: true } : { value }) },
    followed: false,
    lasting: { metadata: { annotations: { [name]: value ?? null } } },
  });
}

function ingressOf({ target, params }: Plan): ObjectPlace {
  const { ingress } = AnnotateParams.parse(params);
  return { of: "ingress", namespace: target.kind === "workload" ? target.namespace : "", name: ingress };
}

/** Hosts, and the services behind them. */
function routesOf(definition: Json): string {
  const rules = valueAt(definition, "/spec/rules");
  const routes = (isList(rules) ? rules : []).flatMap((rule) => {
    const paths = valueAt(rule, "/http/paths");
    const host = valueAt(rule, "/host");
    const services = (isList(paths) ? paths : []).map(
      (one) => valueAt(one, "/backend/service/name") ?? valueAt(one, "/backend/serviceName"),
    );
    return isObject(rule) ? [`${typeof host === "string" ? host : "any host"} to ${[...new Set(services.map(textOf))].join(", ")}`] : [];
  });
  return routes.length === 0
    ? "its default backend"
    : routes.slice(0, 5).join("; ") + (routes.length > 5 ? ` and ${routes.length - 5} more` : "");
}
