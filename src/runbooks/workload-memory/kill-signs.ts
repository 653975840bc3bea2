import { formatBytes } from "../../domain/bytes.ts";
import { counted } from "../../domain/count.ts";
import type { Reason } from "../../domain/finding.ts";
import type { ClusterEvent, PodContainer } from "../../domain/workload.ts";
import { oneLine } from "../words.ts";
import type { Kill } from "../parts/schema.ts";
import type { End, KillSeen, PodCase } from "./pod-case.ts";

/** Signs from elsewhere than the container's own status that the kernel killed something of it. */
export type KillSigns = {
  readonly reasons: readonly Reason[];
  /** `proof`: it names the container or its pod. `hint`: something on its node was killed at that moment. */
  readonly strength: "none" | "hint" | "proof";
  readonly scope: "cgroup" | "node" | "unknown";
  readonly lastAtMs: number | undefined;
};

// The kernel's clock, the kubelet's and the runtime's tell of one kill within this.
const TOGETHER_MS = 60_000;
const OOM_REASONS: ReadonlySet<string> = new Set(["OOMKilling", "OOMKilled", "SystemOOM", "OOM"]);
// What runc says when the limit does not even hold what it puts into a container before the program.
const INIT_KILLED = /OOM-killed \(memory limit too low/i;

const NONE: KillSigns = { reasons: [], strength: "none", scope: "unknown", lastAtMs: undefined };

/** Kills of this container in the kernel's log and in the cluster's events; with an end given, only those of that end. */
export function killSignsOf(podCase: PodCase, container: PodContainer, end?: End): KillSigns {
  const kills = kernelKillsOf(podCase, container, end);
  const last = kills.at(-1)?.kill;
  if (last !== undefined && podCase.kernel !== undefined) {
    const says = `the kernel's log tells of ${counted(kills.length, "kill")} in it: ${kernelInWords(last)}`;
    const reasons = [{ evidenceId: podCase.kernel.evidenceId, says }];
    return { reasons, strength: "proof", scope: last.constraint === "global" ? "node" : last.constraint, lastAtMs: last.atMs };
  }
  const signs = eventSigns(podCase, container, end);
  return end === undefined && signs.strength !== "proof" ? (counterSigns(podCase, container) ?? signs) : signs;
}

/** The runtime says that nothing could be started in so little memory. */
export function initKilledIn(podCase: PodCase, container: PodContainer): Reason | undefined {
  const texts = [container.state, container.lastState].flatMap((state) =>
    state === undefined || state.kind === "running" ? [] : (state.message ?? []),
  );
  const own = texts.find((text) => INIT_KILLED.test(text));
  if (own !== undefined) return { evidenceId: podCase.podEvidence, says: `the runtime says: "${oneLine(own, 200)}"` };
  const event = eventsOf(podCase).find(({ message, about }) => INIT_KILLED.test(message) && isAbout(about, container));
  if (event === undefined || podCase.events === undefined) return undefined;
  return { evidenceId: podCase.events.evidenceId, says: `an event says: "${oneLine(event.message, 200)}"` };
}

export function eventsOf({ events }: PodCase): readonly ClusterEvent[] {
  return events?.value ?? [];
}

/** Does an event fall into the time of an end? Where either time is not known, it may. */
export function fallsTo(event: ClusterEvent, { finishedAtMs, startedAtMs }: End, toleranceMs: number): "yes" | "perhaps" | "no" {
  if (finishedAtMs === undefined || event.lastAtMs === undefined) return "perhaps";
  const first = (event.firstAtMs ?? event.lastAtMs) - toleranceMs;
  const last = event.lastAtMs + toleranceMs;
  if (finishedAtMs >= first && finishedAtMs <= last) return "yes";
  // What began before it and was told once belongs to the life that ended.
  return startedAtMs !== undefined && event.lastAtMs >= startedAtMs && event.lastAtMs <= finishedAtMs ? "yes" : "no";
}

function kernelKillsOf({ kernel, pod }: PodCase, container: PodContainer, end: End | undefined): readonly KillSeen[] {
  const single = pod.containers.length === 1;
  return (kernel?.value ?? []).filter((seen) => {
    if (end?.containerId !== undefined && seen.containerId !== undefined) return sameId(seen.containerId, end.containerId);
    const here = seen.container === undefined ? single : seen.container === container.name;
    return here && (end === undefined || isTogether(seen.kill.atMs, end.finishedAtMs));
  });
}

/** A container that runs has a cgroup of its own for this life: what is counted there was killed beneath its main process. */
function counterSigns({ counter }: PodCase, { name, state }: PodContainer): KillSigns | undefined {
  if (counter === undefined || counter.value.oomKills === 0 || counter.value.container !== name || state?.kind !== "running")
    return undefined;
  const says = `the kernel counts ${counted(counter.value.oomKills, "kill")} for want of memory in its cgroup since it began`;
  return { reasons: [{ evidenceId: counter.evidenceId, says }], strength: "proof", scope: "unknown", lastAtMs: undefined };
}

function eventSigns(podCase: PodCase, container: PodContainer, end: End | undefined): KillSigns {
  const { pod, events } = podCase;
  if (events === undefined) return NONE;
  const oom = events.value.filter(({ reason }) => OOM_REASONS.has(reason));
  const own = oom.find(
    (event) =>
      (event.about.kind !== "Node" && event.about.name === pod.name && isAbout(event.about, container)) ||
      (event.about.kind === "Node" && namesPod(event, pod.uid, end?.containerId)),
  );
  const { evidenceId } = events;
  if (own !== undefined && (end === undefined || fallsTo(own, end, TOGETHER_MS) !== "no")) {
    const says = `an event ${own.reason} tells of it: "${oneLine(own.message, 140)}"`;
    return {
      reasons: [{ evidenceId, says }],
      strength: "proof",
      scope: own.reason === "SystemOOM" ? "node" : "cgroup",
      lastAtMs: own.lastAtMs,
    };
  }
  if (end === undefined) return NONE;
  const nearby = oom.find((event) => event.about.kind === "Node" && isAtThatMoment(event, end) && mayBeOf(event, container));
  if (nearby === undefined) return NONE;
  const says = `its node told of a kill for want of memory at that moment (${nearby.reason}): "${oneLine(nearby.message, 140)}"`;
  // The kubelet tells of kills by limits as SystemOOM too, before 1.21 at least.
  return { reasons: [{ evidenceId, says }], strength: "hint", scope: "unknown", lastAtMs: nearby.lastAtMs };
}

/** Events of a busy node are added up to one that spans hours: only its first and its last kill have a time. */
function isAtThatMoment({ firstAtMs, lastAtMs }: ClusterEvent, { finishedAtMs }: End): boolean {
  if (finishedAtMs === undefined) return false;
  return [firstAtMs, lastAtMs].some((atMs) => atMs !== undefined && Math.abs(atMs - finishedAtMs) <= TOGETHER_MS);
}

/** `System OOM encountered, victim process: nginx, pid: 32082` is about no container whose command is known and starts no nginx. */
function mayBeOf({ message }: ClusterEvent, { commandLine }: PodContainer): boolean {
  const victim = /victim process: ([^,]+)/.exec(message)?.[1];
  return victim === undefined || commandLine === undefined || commandLine.includes(victim);
}

function namesPod({ message }: ClusterEvent, podUid: string, containerId: string | undefined): boolean {
  if (podUid.length >= 32 && (message.includes(podUid) || message.includes(podUid.replaceAll("-", "_")))) return true;
  return containerId !== undefined && containerId.length >= 12 && message.includes(containerId);
}

/** An event that names no container is about any of them. */
function isAbout(about: ClusterEvent["about"], container: PodContainer): boolean {
  return about.container === undefined || about.container === container.name;
}

function sameId(left: string, right: string): boolean {
  return left.startsWith(right) || right.startsWith(left);
}

function isTogether(killedAtMs: number | undefined, finishedAtMs: number | undefined): boolean {
  return killedAtMs === undefined || finishedAtMs === undefined || Math.abs(killedAtMs - finishedAtMs) <= TOGETHER_MS;
}

function kernelInWords({ process, pid, constraint, limitBytes, limitOwner, limitCgroup, killer }: Kill): string {
  const by = killer === "kernel" ? "" : `, by ${killer}`;
  const victim = `${oneLine(process, 40)}${pid === undefined ? "" : ` (pid ${pid} on the node)`}${by}`;
  if (constraint === "global") return `${victim}, with the whole node short of memory`;
  if (constraint === "unknown") return `${victim}; whose memory was short is not said`;
  if (limitOwner === "above")
    return `${victim}, at the limit of ${limitCgroup ?? "a cgroup above it"}, which holds more than this container`;
  return `${victim}, at its limit${limitBytes === undefined ? "" : ` of ${formatBytes(limitBytes)}`}`;
}
