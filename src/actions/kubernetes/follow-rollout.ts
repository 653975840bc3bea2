import { formatDuration } from "../../domain/duration.ts";
import { codeOf } from "../../domain/errors.ts";
import type { WorkloadFacts } from "../../domain/workload.ts";
import type { RunHandle } from "../action.ts";
import type { KubernetesActionDeps } from "./deps.ts";
import { isComplete, obstacle, progressInWords } from "./progress.ts";
import { look, type WorkloadSession } from "./session.ts";
import type { Target } from "../../domain/target.ts";

export type RolloutEnd =
  | { readonly kind: "complete"; readonly says: string }
  /** Something stands in its way that does not go by itself, or it takes too long. */
  | { readonly kind: "stuck"; readonly says: string };

type Following = {
  readonly target: Target;
  /** Told how far it has come, whenever that changes. */
  readonly onProgress?: (says: string) => Promise<void>;
  readonly signal?: RunHandle["signal"];
};

/** Waits until a rollout is complete, or will not be. Reads only. */
export async function followRollout(deps: KubernetesActionDeps, { target, onProgress, signal }: Following): Promise<RolloutEnd> {
  const { clock, rollout } = deps;
  const beganAtMs = clock.nowMs();
  let told = "";
  let hindered: { readonly by: string; readonly sinceMs: number } | undefined;
  for (;;) {
    signal?.throwIfAborted();
    const session = await look(deps, target);
    const nowMs = clock.nowMs();
    const far = progressInWords(session.facts);
    if (isComplete(session.facts, session.pods)) return { kind: "complete", says: far };
    const by = obstacle(session.facts, session.pods) ?? (await failedCreation(session, beganAtMs));
    hindered = by === undefined ? undefined : { by, sinceMs: hindered?.sinceMs ?? nowMs };
    const says = by === undefined ? far : `${far}: ${by}`;
    if (says !== told) await onProgress?.(says);
    told = says;
    if (hindered !== undefined && nowMs - hindered.sinceMs >= rollout.stuckMs) return { kind: "stuck", says };
    if (nowMs - beganAtMs >= rollout.longestMs) return { kind: "stuck", says: `${says}, after ${formatDuration(nowMs - beganAtMs)}` };
    await clock.sleep(rollout.everyMs, signal);
  }
}

const KINDS: Readonly<Partial<Record<WorkloadFacts["resource"], string>>> = { sts: "StatefulSet", ds: "DaemonSet" };

/** A stateful or daemon set has no condition that says that a quota forbids its pods: only events do. */
async function failedCreation({ cluster, facts }: WorkloadSession, sinceMs: number): Promise<string | undefined> {
  const kind = KINDS[facts.resource];
  if (kind === undefined) return undefined;
  try {
    const about = { kind, name: facts.name, uid: facts.uid };
    const [event] = await cluster.events({ namespace: facts.namespace, about, reasons: ["FailedCreate"], limit: 1 });
    const isNew = (event?.lastAtMs ?? 0) >= Math.floor(sinceMs / 1000) * 1000;
    return event === undefined || !isNew ? undefined : `pods cannot be made: ${event.message}`;
  } catch (error) {
    if (codeOf(error) === "no-rights") return undefined;
    throw error;
  }
}
