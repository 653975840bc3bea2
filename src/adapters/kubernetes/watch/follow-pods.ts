import { given } from "../../../domain/given.ts";
import type { PodFacts } from "../../../domain/workload.ts";
import type { PodChange } from "../../../ports/clusters.ts";
import { allowsNamespace, scopesOf } from "../namespaces.ts";
import { versionOf } from "../read-metadata.ts";
import { readPod } from "../read-pod.ts";
import { followAll } from "./follow-all.ts";
import type { Follow, Follower } from "./follow.ts";

/** Follows the pods of the allowed namespaces, as ClusterChanges says. `onChange` must not throw. */
export async function followPods(follow: Follow, onChange: (change: PodChange) => void): Promise<void> {
  const { namespaces } = follow.client.settings;
  const allows = (namespace: string): boolean => allowsNamespace(namespaces, namespace);
  await followAll(
    follow,
    scopesOf(namespaces).map((namespace) => ({
      followed: { list: "listPods", watch: "watchPods", ...given({ namespace }) },
      follower: createPodFollower({ allows, onChange }),
    })),
  );
}

type Telling = { readonly allows: (namespace: string) => boolean; readonly onChange: (change: PodChange) => void };

/** Of thousands of pods only this much is kept, and their version. */
type Kept = { readonly version: string | undefined; readonly pod: PodFacts };

/** Tells lists and changes as PodChanges; of a list that is read anew, what differs. Exported for tests of what real clusters do seldom. */
export function createPodFollower({ allows, onChange }: Telling): Follower {
  const kept = new Map<string, Kept>();
  let unseen = new Set<string>();
  let isFirst = true;

  function keep(pod: PodFacts, version: string | undefined): void {
    const { uid, namespace, name, controller, node, phase } = pod;
    const slim = { uid, namespace, name, phase, labels: {}, conditions: [], containers: [], ...given({ controller, node }) };
    kept.set(uid, { version, pod: slim });
  }
  return {
    begin() {
      unseen = new Set(kept.keys());
    },
    there(object) {
      const pod = readPod(object);
      const version = versionOf(object);
      if (!allows(pod.namespace)) return;
      unseen.delete(pod.uid);
      if (version !== undefined && kept.get(pod.uid)?.version === version) return;
      keep(pod, version);
      onChange({ kind: isFirst ? "there" : "changed", pod });
    },
    listed() {
      isFirst = false;
      for (const uid of unseen) {
        const gone = kept.get(uid);
        kept.delete(uid);
        if (gone !== undefined) onChange({ kind: "gone", pod: gone.pod });
      }
      unseen = new Set();
    },
    changed(kind, object) {
      const pod = readPod(object);
      if (!allows(pod.namespace)) return;
      if (kind === "DELETED") kept.delete(pod.uid);
      else keep(pod, versionOf(object));
      onChange({ kind: kind === "DELETED" ? "gone" : "changed", pod });
    },
  };
}
