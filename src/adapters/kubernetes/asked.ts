import { KUBERNETES_CALLS, resourceOf, type KubernetesCallName } from "./calls.ts";

/** What was asked, of which cluster: for the sentence. */
export type Asked = {
  /** `Cluster prod-eu (https://10.0.0.1:6443)`. */
  readonly cluster: string;
  /** Absent: discovery, `path` says of what. */
  readonly call?: KubernetesCallName;
  readonly path: string;
  readonly namespace?: string;
  readonly name?: string;
};

/** `get pods web-1 in namespace shop`. */
export function describeAsked({ call, path, namespace, name }: Asked): string {
  if (call === undefined) return `get ${path}`;
  const which = name === undefined ? "" : ` ${quoted(name)}`;
  return `${KUBERNETES_CALLS[call].verb} ${resourceOf(call)}${which}${place(namespace, call)}`;
}

/** Where it is: ` in namespace shop`, ` in all namespaces`, or nothing where namespaces mean nothing. */
export function place(namespace: string | undefined, call: KubernetesCallName): string {
  if (namespace !== undefined) return ` in namespace ${quoted(namespace)}`;
  return "scope" in KUBERNETES_CALLS[call] ? "" : " in all namespaces";
}

/** A name as it stands in sentences: as it is, or in quotes when it holds anything unusual. */
export function quoted(name: string): string {
  return /^[\w][\w.-]*$/.test(name) ? name : JSON.stringify(name);
}
