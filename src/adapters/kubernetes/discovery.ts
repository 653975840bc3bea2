import { codeOf } from "../../domain/errors.ts";
import { KUBERNETES_CALLS, type KubernetesCall, type KubernetesCallName } from "./calls.ts";
import type { KubernetesClient } from "./client.ts";
import { ResourceList } from "./schema.ts";

/** What a cluster serves, asked once for each group and version. */
export type Discovery = {
  /** Of a call that has several versions the first that is served (undefined where none is), of others their own without asking. */
  versionFor(call: KubernetesCallName): Promise<string | undefined>;
  /** Is what the call asks for there at all? */
  serves(call: KubernetesCallName): Promise<boolean>;
};

export function createDiscovery(client: KubernetesClient): Discovery {
  const asked = new Map<string, Promise<ReadonlySet<string>>>();

  function resourcesOf(group: string, version: string): Promise<ReadonlySet<string>> {
    const path = `/apis/${group}/${version}` as const;
    const known = asked.get(path);
    if (known !== undefined) return known;
    const asking = fetchResources(client, path);
    asked.set(path, asking);
    asking.catch(() => asked.delete(path)); // asked again the next time
    return asking;
  }
  async function firstServed(call: KubernetesCallName): Promise<string | undefined> {
    const { group, resource, version = "v1", versions = [version] }: KubernetesCall = KUBERNETES_CALLS[call];
    for (const candidate of versions) {
      if ((await resourcesOf(group, candidate)).has(resource)) return candidate;
    }
    return undefined;
  }
  return {
    async versionFor(call) {
      const { version = "v1", versions }: KubernetesCall = KUBERNETES_CALLS[call];
      return versions === undefined ? version : firstServed(call);
    },
    serves: async (call) => (await firstServed(call)) !== undefined,
  };
}

async function fetchResources(client: KubernetesClient, path: `/apis/${string}`): Promise<ReadonlySet<string>> {
  try {
    const read = ResourceList.safeParse(await client.json({ call: path }));
    return new Set(read.success ? read.data.resources.flatMap(({ name }) => name ?? []) : []);
  } catch (error) {
    if (codeOf(error) === "not-found") return new Set();
    throw error;
  }
}
