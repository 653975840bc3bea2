import type { Config } from "../config/build.ts";
import type { Log } from "../ports/log.ts";
import type { PodPorts } from "../ports/pod-ports.ts";

/** Ports inside the configured clusters; what speaks with these is loaded when the first such port is asked for. */
export function lazyPodPorts({ kubernetes }: Pick<Config, "kubernetes">, log: Log): PodPorts {
  let loading: Promise<PodPorts> | undefined;
  async function load(): Promise<PodPorts> {
    const { createPodPorts } = await import("../adapters/kubernetes/pod-ports.ts");
    return createPodPorts(
      kubernetes.clusters.map(({ settings }) => settings),
      { log },
    );
  }
  return async (at) => {
    loading ??= load();
    return (await loading)(at);
  };
}
