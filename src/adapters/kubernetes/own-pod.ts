import { hostname } from "node:os";
import { join } from "node:path";
import type { PodPlace } from "../../ports/clusters.ts";
import { readText } from "./read-text.ts";
import type { KubernetesConnectionSettings } from "./settings.ts";

/** The pod that Oomph runs in, where this connection is to its own cluster: a pod's hostname is its name, unless it was given another. */
export async function ownPodOf(settings: Pick<KubernetesConnectionSettings, "access"> | undefined): Promise<PodPlace | undefined> {
  if (settings?.access.kind !== "in-cluster") return undefined;
  const namespace = (await readText(join(settings.access.folder, "namespace"), "The namespace of Oomph's own pod")).trim();
  return { namespace, pod: hostname() };
}
