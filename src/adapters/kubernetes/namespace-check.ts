import { codeOf, OomphError } from "../../domain/errors.ts";
import { quoted } from "./asked.ts";
import type { KubernetesClient } from "./client.ts";

/** Where a thing of a namespace was not found: throws `not-found` if the namespace itself is not there. May not be asked: nothing is said. */
export async function assertNamespaceExists(client: KubernetesClient, namespace: string): Promise<void> {
  try {
    await client.json({ call: "getNamespace", name: namespace });
  } catch (error) {
    if (codeOf(error) !== "not-found") return;
    const says = `Cluster ${client.settings.name} has no namespace ${quoted(namespace)}. Check its name (kubectl get namespaces), and that this is the right cluster.`;
    throw new OomphError("not-found", says, { cause: error });
  }
}
