import { given } from "../../../domain/given.ts";
import type { ClusterEvent } from "../../../domain/workload.ts";
import { allowsNamespace, scopesOf } from "../namespaces.ts";
import { NODE_EVENTS_NAMESPACE } from "../objects.ts";
import { readEvent } from "../read-event.ts";
import { versionOf } from "../read-metadata.ts";
import { followAll } from "./follow-all.ts";
import type { Follow, Follower } from "./follow.ts";

export type EventsFollowed = { readonly reasons: readonly string[]; readonly sinceMs: number };

/** Follows events with one of the reasons, as ClusterChanges says. `onEvent` must not throw. */
export async function followEvents(follow: Follow, query: EventsFollowed, onEvent: (event: ClusterEvent) => void): Promise<void> {
  const { namespaces } = follow.client.settings;
  // Node events have a namespace to be kept in, but are about none.
  const allows = (namespace: string): boolean => namespace === "" || allowsNamespace(namespaces, namespace);
  const scopes = scopesOf(namespaces);
  const places = scopes.includes(undefined) ? scopes : [...new Set([...scopes, NODE_EVENTS_NAMESPACE])];
  // One watch for each reason: the server sends nothing else, and a cluster may write a thousand events a minute.
  const all = places.flatMap((namespace) => query.reasons.map((reason) => ({ namespace, reason })));
  await followAll(
    follow,
    all.map(({ namespace, reason }) => ({
      followed: { list: "listEvents", watch: "watchEvents", fieldSelector: `reason=${reason}`, ...given({ namespace }) },
      follower: createEventFollower({ sinceMs: query.sinceMs, allows, onEvent }),
    })),
  );
}

type Telling = {
  readonly sinceMs: number;
  readonly allows: (namespace: string) => boolean;
  readonly onEvent: (event: ClusterEvent) => void;
};

/** Tells each event once for each of its versions. Exported for tests of what real clusters do seldom. */
export function createEventFollower({ sinceMs, allows, onEvent }: Telling): Follower {
  /** uid → version. As many as the server keeps, which is an hour's. */
  const told = new Map<string, string | undefined>();
  let unseen = new Set<string>();

  function tell(object: unknown): void {
    const event = readEvent(object);
    const version = versionOf(object);
    unseen.delete(event.uid);
    if (told.has(event.uid) && told.get(event.uid) === version) return;
    told.set(event.uid, version);
    if (allows(event.about.namespace) && (event.lastAtMs ?? 0) >= sinceMs) onEvent(event);
  }
  return {
    begin() {
      unseen = new Set(told.keys());
    },
    there: tell,
    listed() {
      for (const uid of unseen) told.delete(uid);
      unseen = new Set();
    },
    changed(kind, object) {
      if (kind === "DELETED") told.delete(readEvent(object).uid);
      else tell(object);
    },
  };
}
