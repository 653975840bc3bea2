import { oomEndsMs } from "../domain/oom-ends.ts";
import type { ClusterKill, KilledPod } from "../domain/watch.ts";
import type { ClusterEvent, PodFacts } from "../domain/workload.ts";
import type { ClusterChanges } from "../ports/clusters.ts";
import type { EventCursor } from "../ports/store.ts";
import { createLine, keepFollowing, type FollowDeps, type Line } from "./keep-following.ts";

export type FollowedCluster = ClusterChanges & { readonly name: string };

/** Of nodes, and of pods that a node threw out. What happens to containers pods themselves tell. */
const REASONS = ["SystemOOM", "OOMKilling", "Evicted"] as const;
/** A node that was cut off tells of a kill when it is back: so far behind the present is listened. */
const LATE_MS = 3_600_000;
const SAVE_EVERY_MS = 10 * 60_000;

/**
 * Follows the pods and the events of a cluster until `signal` is aborted. Each kill for want of memory becomes a job under an
 * id of its own: what is told again, after a reconnection or to two replicas, is done once. What happened before the stored
 * cursor is old: of a cluster that is followed for the first time nothing is told that was there before.
 */
export async function followPods(deps: FollowDeps, cluster: FollowedCluster, signal: AbortSignal): Promise<void> {
  const source = `kubernetes/${cluster.name}`;
  const told = new Map<string, Set<string>>();
  await keepFollowing(deps, { source, once: () => followOnce(deps, { cluster, source, told }, signal) }, signal);
}

type Followed = {
  readonly cluster: FollowedCluster;
  readonly source: string;
  /** uid of a pod or event → kills of it that are queued. */
  readonly told: Map<string, Set<string>>;
};

async function followOnce(deps: FollowDeps, { cluster, source, told }: Followed, signal: AbortSignal): Promise<void> {
  const line = createLine();
  const sinceMs = await startOf(deps, source);
  const save = saver(deps, { source, line });
  const tell = (kill: ClusterKill): void => {
    if (kill.atMs < sinceMs) return;
    line.add(async () => {
      const [uid, id] = identityOf(kill);
      const known = told.get(uid) ?? new Set();
      if (known.has(id)) return;
      await deps.queue.add(
        "watch-event",
        { cluster: cluster.name, kill },
        { id: `kill_${cluster.name}_${uid}_${id}`.replaceAll(":", "_") },
      );
      told.set(uid, known.add(id));
    });
  };
  const ended = new AbortController();
  const until = AbortSignal.any([signal, line.broken, ended.signal]);
  try {
    await Promise.all([
      cluster.followPods(({ kind, pod }) => {
        for (const kill of killsOf(pod)) tell(kill);
        if (kind === "gone") line.add(async () => void told.delete(pod.uid));
        save();
      }, until),
      cluster.followEvents({ reasons: REASONS, sinceMs }, (event) => killsIn(event).forEach(tell), until),
    ]);
  } finally {
    ended.abort(); // one that failed ends the other
  }
  await line.ended();
}

/** From where it was left; the first time from now on. */
async function startOf({ cursors, clock }: FollowDeps, source: string): Promise<number> {
  const known = await cursors.get(source);
  if (known !== undefined) return Number(BigInt(known.atNs) / 1_000_000n);
  const nowMs = clock.nowMs();
  await cursors.set(source, cursorAt(nowMs)); // a kill that comes while nobody listens is then heard of later
  return nowMs;
}

/** Moves the cursor on now and then, behind everything that is queued: after a start not before a list has long been read. */
function saver({ cursors, clock }: FollowDeps, { source, line }: { readonly source: string; readonly line: Line }): () => void {
  let savedAtMs = clock.nowMs();
  return () => {
    const nowMs = clock.nowMs();
    if (nowMs - savedAtMs < SAVE_EVERY_MS) return;
    savedAtMs = nowMs;
    line.add(async () => {
      const known = await cursors.get(source);
      const next = cursorAt(nowMs - LATE_MS);
      if (known === undefined || BigInt(known.atNs) < BigInt(next.atNs)) await cursors.set(source, next);
    });
  };
}

function cursorAt(ms: number): EventCursor {
  return { atNs: `${Math.floor(ms)}000000`, seen: [] };
}

/** As their states tell: how each container ended, and how its life before this one did. */
function killsOf(pod: PodFacts): readonly ClusterKill[] {
  return pod.containers.flatMap((container) =>
    oomEndsMs(container).map((atMs): ClusterKill => ({ of: "container", pod: slim(pod), container: container.name, atMs })),
  );
}

function slim({ uid, namespace, name, controller, labels }: PodFacts): KilledPod {
  const hash = labels["pod-template-hash"];
  return {
    uid,
    namespace,
    name,
    ...(controller === undefined ? {} : { controller }),
    labels: hash === undefined ? {} : { "pod-template-hash": hash },
  };
}

function killsIn({ uid, reason, about, lastAtMs: atMs, count, message }: ClusterEvent): readonly ClusterKill[] {
  if (atMs === undefined) return [];
  const event = { id: `${uid}_${count}`, says: message.slice(0, 400) };
  if (about.kind === "Node") return reason === "Evicted" ? [] : [{ of: "node", node: about.name, atMs, ...event }];
  // Kubelets evict for want of disk and process ids too, and say which in words only.
  if (about.kind !== "Pod" || reason !== "Evicted" || !/\bmemory\b/i.test(message)) return [];
  return [{ of: "pod", namespace: about.namespace, name: about.name, atMs, ...event }];
}

/** What it happened to, and which kill of it. */
function identityOf(kill: ClusterKill): readonly [uid: string, id: string] {
  return kill.of === "container" ? [kill.pod.uid, `${kill.container}_${kill.atMs}`] : ["events", kill.id];
}
