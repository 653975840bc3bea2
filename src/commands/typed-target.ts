import type { WorkloadResource } from "../domain/target.ts";
import type { AskedObject } from "../ports/planner.ts";

/** What somebody meant by what they typed, before it is looked up. */
export type Typed =
  /** A name alone, or one of a Redis or container. */
  | { readonly kind: "named"; readonly of: "redis" | "docker" | undefined; readonly name: string; readonly database: number | undefined }
  /** A container on a Docker host other than the local one. */
  | { readonly kind: "elsewhere"; readonly host: string; readonly container: string }
  /** Something of a cluster. */
  | { readonly kind: "object"; readonly asked: AskedObject }
  | { readonly kind: "wrong"; readonly because: string };

/** As kubectl knows them, singular, plural and short. Source: `kubectl api-resources`. */
const RESOURCES: Readonly<Record<WorkloadResource | "node", readonly string[]>> = {
  pod: ["po", "pod", "pods"],
  deploy: ["deploy", "deployment", "deployments"],
  sts: ["sts", "statefulset", "statefulsets"],
  ds: ["ds", "daemonset", "daemonsets"],
  job: ["job", "jobs"],
  cronjob: ["cj", "cronjob", "cronjobs"],
  node: ["no", "node", "nodes"],
};

const KINDS: ReadonlyMap<string, WorkloadResource | "node"> = new Map(
  (["pod", "deploy", "sts", "ds", "job", "cronjob", "node"] as const).flatMap((resource) =>
    RESOURCES[resource].map((word) => [word, resource] as const),
  ),
);

const EXPECTED =
  "`docker/<container>`, `deploy/<namespace>/<name>` (or pod, sts, ds, job, cronjob), `node/<name>`, `redis/<name>` or `redis/<name>/<database>`, with `<connection>:` in front where it is not the local one";

/** `redis/sessions/2`, `docker/kong`, `prod-eu:deploy/shop/web`, `deploy/shop/web/web-7c9-x2x4b/app`, `pod/shop/web-7c9-x2x4b`, `node/eu-1`, `kong`. */
export function readTyped(whole: string): Typed {
  const object = readObject(whole);
  if (object !== undefined) return object;
  const [, kind, rest = ""] = /^(?:(redis|docker)[/:](?!\/))?(.*)$/i.exec(whole) ?? [];
  const of = kindOf(kind);
  const [name = "", database, ...more] = rest.split("/");
  if (more.length > 0 || name === "" || (of === "docker" && database !== undefined)) return wrong(whole);
  const elsewhere = /^(.+):docker$/i.exec(name)?.[1];
  if (elsewhere !== undefined && database !== undefined) return { kind: "elsewhere", host: elsewhere, container: database };
  if (database !== undefined && !/^\d{1,5}$/.test(database))
    return { kind: "wrong", because: `expected a database number after "${name}/", got "${database}"` };
  return { kind: "named", of, name, database: database === undefined ? undefined : Number(database) };
}

/** Undefined: its first word is no kind of Kubernetes'. */
function readObject(whole: string): Typed | undefined {
  const [, connection, word = "", rest = ""] = /^(?:([\w.-]+):)?([a-z]+)\/(.*)$/i.exec(whole) ?? [];
  const resource = KINDS.get(word.toLowerCase());
  if (resource === undefined) return undefined;
  const parts = rest.toLowerCase().split("/");
  if (parts.some((part) => !isName(part))) return wrong(whole);
  const where = connection === undefined ? {} : { connection };
  const [first = "", second, third, fourth, ...more] = parts;
  if (resource === "node") return second === undefined ? object({ ...where, resource, name: first }) : wrong(whole);
  if (more.length > 0 || (fourth !== undefined && resource === "pod")) return wrong(whole);
  const [pod, container] = resource === "pod" ? [undefined, third] : [third, fourth];
  const narrowed = { ...(pod === undefined ? {} : { pod }), ...(container === undefined ? {} : { container }) };
  if (second === undefined) return object({ ...where, resource, name: first });
  return object({ ...where, resource, namespace: first, name: second, ...narrowed });
}

function object(asked: AskedObject): Typed {
  return { kind: "object", asked };
}

/** DNS names, as objects of Kubernetes are called. */
function isName(part: string): boolean {
  return /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(part);
}

function wrong(whole: string): Typed {
  return { kind: "wrong", because: `expected ${EXPECTED}, got "${whole}"` };
}

function kindOf(word: string | undefined): "redis" | "docker" | undefined {
  const lower = word?.toLowerCase();
  return lower === "redis" || lower === "docker" ? lower : undefined;
}
