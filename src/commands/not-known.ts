import type { Alert } from "../domain/alert.ts";
import { nameOf } from "../domain/stray.ts";
import type { Front } from "./front.ts";

/** Why nobody knows whose memory an alert is about that surely is about memory: a sentence for those who are asked. */
export function notKnown({ hosts, clusters }: Pick<Front, "hosts" | "clusters">, alert: Alert): string {
  const { about } = alert.subject;
  if (!namesSomebody(alert)) return `This is about memory, but it does not say whose: ${LABEL}`;
  const named = `"${nameOf(alert).slice(0, MOST_CHARACTERS)}"`;
  const noHosts = hosts.names().length === 0;
  switch (about) {
    case "redis":
      return `This is about the memory of Redis ${named}, and no Redis is configured.`;
    case "container":
      return `This is about the memory of container ${named}, ${noHosts ? "and no Docker host is configured" : "which is on none of the configured Docker hosts"}.`;
    case "workload":
      return `This is about the memory of ${named}, ${clusters === undefined ? "and no cluster is configured" : "which none of the configured clusters has"}.`;
    case "node":
      return `This is about the memory of machine ${named}, which is ${clusters === undefined ? "no node that I know: no cluster is configured" : "a node of none of the configured clusters"}.`;
    case "unknown":
      return `This is about the memory of ${named}, and nothing that is configured goes by that name.`;
  }
}

const LABEL = "a label for the pod, the container, the node or the Redis in it would tell.";
const MOST_CHARACTERS = 80;

function namesSomebody({ kills, subject: { names, hosts, called, pod, container, owner } }: Alert): boolean {
  return [called, pod, container, owner, ...names, ...hosts, ...kills].some((one) => one !== undefined);
}
