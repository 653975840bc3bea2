import type { WorkloadResource } from "./target.ts";

type Named = { readonly resource: WorkloadResource; readonly namespace: string; readonly name: string };

// Letters that Kubernetes makes names of: no vowels, so that no words come out, and nothing that is read as something else.
// Source: k8s.io/apimachinery util/rand.
const RANDOM = "[bcdfghjklmnpqrstvwxz2456789]";

/** How pods of a kind are called after their owner's name; a name of more than 58 letters is cut before its random end. */
const SUFFIX: Readonly<Partial<Record<WorkloadResource, string>>> = {
  deploy: `-${RANDOM}{1,10}-${RANDOM}{5}`,
  sts: "-\\d{1,6}",
  ds: `-${RANDOM}{5}`,
  job: `(-\\d{1,6})?-${RANDOM}{5}`,
  cronjob: `-\\d{8,10}(-\\d{1,6})?-${RANDOM}{5}`,
};

/**
 * Who may have made a pod of this name, told by the name alone: for pods that are gone. The longest name that fits wins, for
 * `web-api` makes `web-api-7c9-x2x4b`, and `web` does not; several only where their names are equally long.
 */
export function ownersByName<Name extends Named>(pod: string, workloads: readonly Name[]): readonly Name[] {
  const fitting = workloads.filter(({ resource, name }) => {
    const suffix = SUFFIX[resource];
    return suffix !== undefined && pod.startsWith(name) && new RegExp(`^${suffix}$`).test(pod.slice(name.length));
  });
  const longest = Math.max(0, ...fitting.map(({ name }) => name.length));
  return fitting.filter(({ name }) => name.length === longest);
}
