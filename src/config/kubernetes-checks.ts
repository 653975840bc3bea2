import { DEFAULT_CONNECTION } from "../domain/target.ts";
import { isConnectionName, NAME, treeAt } from "./name-checks.ts";
import type { Problem } from "./problem.ts";
import type { RawDocument } from "./raw-document.ts";
import { isAbsent } from "./setting-schema.ts";
import { isTree, type Tree } from "./yaml-file.ts";

const TRUE: readonly unknown[] = [true, "true"];

/** What only two settings together show to be wrong, in the sections about Kubernetes and Prometheus. */
export function kubernetesChecks(raw: RawDocument): readonly Problem[] {
  const kubernetes = treeAt(raw.content, "kubernetes");
  const all = treeAt(kubernetes, "connections");
  const isThere = ["kubeconfig", "context"].some((key) => !isAbsent(kubernetes[key])) || TRUE.includes(kubernetes["inCluster"]);
  const twice = isThere && all[DEFAULT_CONNECTION] !== undefined;
  return [
    ...(twice ? [bothLocal(raw)] : []),
    ...ways(raw, ["kubernetes"], kubernetes),
    ...Object.entries(all).flatMap(([name, connection]) => connectionProblems(raw, name, connection)),
    ...Object.keys(treeAt(kubernetes, "apps")).flatMap((pattern) => appProblems(raw, pattern)),
    ...prometheus(raw),
  ];
}

function bothLocal(raw: RawDocument): Problem {
  return {
    key: raw.keyOf(["kubernetes", "connections", DEFAULT_CONNECTION]),
    expected: `either that or kubernetes.kubeconfig, context and inCluster: both are the connection "${DEFAULT_CONNECTION}"`,
    received: "both",
  };
}

function connectionProblems(raw: RawDocument, name: string, connection: unknown): readonly Problem[] {
  const path = ["kubernetes", "connections", name];
  const named = isConnectionName(name) ? [] : [{ key: raw.keyOf(path), expected: NAME, received: JSON.stringify(name) }];
  return isTree(connection) ? [...named, ...ways(raw, path, connection)] : named;
}

/** A pod's service account knows nothing of kubeconfigs. */
function ways(raw: RawDocument, path: readonly string[], section: Tree): readonly Problem[] {
  if (!TRUE.includes(section["inCluster"])) return [];
  const given = ["kubeconfig", "context"].filter((key) => !isAbsent(section[key]));
  return given.map((key) => ({
    key: raw.keyOf([...path, key]),
    expected: "nothing, because inCluster is true",
    received: String(section[key]),
  }));
}

function appProblems(raw: RawDocument, pattern: string): readonly Problem[] {
  if (/^[a-z0-9.*-]+\/[a-z0-9.*-]+$/.test(pattern) || pattern === "*") return [];
  const key = raw.keyOf(["kubernetes", "apps", pattern]);
  return [{ key, expected: "<namespace>/<name> of a workload, such as shop/web or shop/*", received: JSON.stringify(pattern) }];
}

/** A Redis inside a cluster: of a connection that there is, and of one pod or Service. */
export function redisInCluster(raw: RawDocument, path: readonly string[], section: Tree): readonly Problem[] {
  const at = [...path, "kubernetes"];
  const kubernetes = treeAt(raw.content, "kubernetes");
  const isLocal = ["kubeconfig", "context"].some((key) => !isAbsent(kubernetes[key])) || TRUE.includes(kubernetes["inCluster"]);
  const names = [...(isLocal ? [DEFAULT_CONNECTION] : []), ...Object.keys(treeAt(kubernetes, "connections"))];
  const { connection: named } = section;
  const connection = isAbsent(named) ? DEFAULT_CONNECTION : String(named);
  const given = ["pod", "service"].filter((key) => !isAbsent(section[key]));
  const configured = names.length === 0 ? "none is configured under kubernetes" : `configured are ${names.join(", ")}`;
  return [
    ...(names.includes(connection)
      ? []
      : [{ key: raw.keyOf([...at, "connection"]), expected: `the name of a cluster's connection (${configured})`, received: connection }]),
    ...(given.length === 1
      ? []
      : [{ key: raw.keyOf(at), expected: "exactly one of pod, service", received: given.length === 0 ? "none" : "both" }]),
  ];
}

function prometheus(raw: RawDocument): readonly Problem[] {
  const section = treeAt(raw.content, "prometheus");
  const has = (key: string): boolean => !isAbsent(section[key]);
  const half = has("user") !== has("password");
  const key = raw.keyOf(["prometheus", has("user") ? "password" : "user"]);
  return [
    ...(half ? [{ key, expected: "user and password together", received: "nothing" }] : []),
    ...(has("token") && has("user")
      ? [{ key: raw.keyOf(["prometheus", "token"]), expected: "either a token or user and password", received: "both" }]
      : []),
    ...(!has("url") && (has("token") || has("user") || has("password"))
      ? [
          {
            key: `${raw.keyOf(["prometheus", "url"])} (OOMPH_PROMETHEUS_URL)`,
            expected: "the URL of Prometheus, because a way to sign in is set",
            received: "nothing",
          },
        ]
      : []),
  ];
}
