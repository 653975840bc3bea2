import { given } from "../../../domain/given.ts";
import { scopesOf } from "../namespaces.ts";
import type { Asking } from "../objects.ts";
import { pagesOf } from "../pages.ts";

export type WantedPods = {
  /** Absent: all allowed ones. */
  readonly namespace?: string | undefined;
  readonly selector?: string | undefined;
  readonly node?: string | undefined;
  /** As METADATA_ONLY says; absent: whole. */
  readonly accept?: string;
  readonly signal: AbortSignal;
};

/** Pods one by one, as they came. */
export async function* eachPod({ client }: Asking, { namespace, selector, node, accept, signal }: WantedPods): AsyncGenerator {
  const query = given({ labelSelector: selector, fieldSelector: node === undefined ? undefined : `spec.nodeName=${node}` });
  for (const scope of namespace === undefined ? scopesOf(client.settings.namespaces) : [namespace]) {
    const request = { call: "listPods", query, signal, ...given({ namespace: scope, accept }) } as const;
    for await (const { items } of pagesOf(client, request)) yield* items;
  }
}
