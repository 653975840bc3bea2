import { join } from "node:path";
import type { ClusterAccess } from "./access.ts";
import { readText } from "./read-text.ts";
import type { KubernetesAccess } from "./settings.ts";
import { createSignIn } from "./sign-in.ts";

/** The API server as a pod of the cluster reaches it, signed in as the pod's service account, whose token is renewed on disk. */
export async function accessInCluster({ host, port, folder }: Extract<KubernetesAccess, { kind: "in-cluster" }>): Promise<ClusterAccess> {
  const access = {
    server: new URL(`https://${host.includes(":") ? `[${host}]` : host}:${port}`),
    who: "service account of Oomph's own pod",
    tls: { verify: true, ca: await readText(join(folder, "ca.crt"), "The CA of the cluster") },
  };
  return { ...access, ...createSignIn({ folder, tokenFile: "token" }, { ...access, environment: {} }) };
}
