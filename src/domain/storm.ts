import type { AlertClaim } from "./alert-claim.ts";
import { SEVERITIES, type Alert, type AlertWords, type Severity } from "./alert.ts";
import type { Incident, IncidentState } from "./incident.ts";
import type { Target } from "./target.ts";
import { TRAIT_KINDS, type Trait, type TraitKind } from "./trait.ts";

/**
 * A storm: more incidents open than people can follow in threads of their own. Those that come after share one thread,
 * which lists them. Here are its rules; nothing here asks anybody anything.
 */
export type StormSettings = {
  /** So many incidents get threads of their own `withinMs`; further ones go into a storm. */
  readonly ownThreads: number;
  readonly withinMs: number;
  /** So many critical ones get threads of their own besides. */
  readonly criticalThreads: number;
  /** So many members are looked into at once; the rest wait, the worst first. */
  readonly investigations: number;
  /** So many reports are posted below the storm; of the rest the list has the verdict. */
  readonly replies: number;
  /** No new member, no report of one and nothing to look into for so long: it is over. */
  readonly quietMs: number;
};

export type Storm = {
  /** `stm_...` */
  readonly id: string;
  /** Slack channel id of its thread. */
  readonly channel: string;
  readonly trait: Trait;
  readonly state: "active" | "over";
  readonly beganAtMs: number;
  /** When somebody joined it or a member was last reported. */
  readonly lastMemberAtMs: number;
  readonly endedAtMs?: number;
};

/** An incident in a storm, as the storm's list shows it. */
export type StormMember = Pick<Incident, "target" | "problem" | "timesSeen" | "openedAtMs"> & {
  readonly incidentId: string;
  readonly stormId: string;
  readonly runbookId: string;
  readonly state: IncidentState;
  readonly severity?: Severity;
  /** `waiting`: nobody has looked yet. */
  readonly look: "waiting" | "running" | "done";
  /** The verdict's sentence. */
  readonly headline?: string;
  /** It has a thread of its own now. */
  readonly isOut: boolean;
};

/** The worst alert of an incident that joined a storm: what it says, for the member's own thread, and what it claims, for its turn. */
export type MemberAlert = { readonly words?: AlertWords; readonly claim?: AlertClaim };

// An incident that nobody else resembles is no sign of what a storm is about.
const SHARED_BY = 3;
// More threads than this at once are a storm of storms.
const MOST_STORMS = 3;

const EVERYTHING: Trait = { kind: "time", value: "" };

/** What can be shared with others, by the target itself and the words of its alert. */
export function traitsOf(target: Target, alert?: Pick<Alert, "subject" | "labels" | "source">): readonly Trait[] {
  const label = (...names: readonly string[]): string | undefined => names.map((name) => alert?.labels[name]).find((value) => value);
  const values: Readonly<Record<TraitKind, string | undefined>> = {
    node: target.kind === "workload" ? (label("node", "kubernetes_node") ?? alert?.subject.hosts[0]) : undefined,
    project:
      target.kind === "workload"
        ? target.name
        : label("com_docker_compose_project", "container_label_com_docker_compose_project", "compose_project"),
    image: label("image", "container_image"),
    namespace: target.kind === "workload" ? target.namespace : undefined,
    host: target.kind === "docker" ? target.connection : undefined,
    cluster: target.kind === "workload" || target.kind === "node" ? target.connection : undefined,
    source: alert?.source,
    time: undefined,
  };
  return TRAIT_KINDS.flatMap((kind) => {
    const value = values[kind];
    return value === undefined || value === "" ? [] : [{ kind, value: value.slice(0, 200) }];
  });
}

/** An incident that is being opened. */
export type Newcomer = { readonly traits: readonly Trait[]; readonly severity: Severity | undefined };

/** How it stands when it is. */
export type Scene = {
  /** Those that opened `withinMs` before, each with a thread of its own. */
  readonly recent: readonly Newcomer[];
  readonly active: readonly Pick<Storm, "id" | "trait">[];
};

export type Placing =
  | { readonly kind: "own-thread" }
  | { readonly kind: "join"; readonly stormId: string }
  | { readonly kind: "begin"; readonly trait: Trait };

/** Where an incident is told: in a thread of its own, in a storm that is under way, or in one that begins with it. */
export function placeIn({ ownThreads, criticalThreads }: StormSettings, newcomer: Newcomer, { recent, active }: Scene): Placing {
  const critical = recent.filter(isCritical).length;
  if (isCritical(newcomer) && critical < criticalThreads) return { kind: "own-thread" };
  const joined = stormOf(newcomer, active);
  if (joined !== undefined) return { kind: "join", stormId: joined.id };
  if (!isCritical(newcomer) && recent.length - critical < ownThreads) return { kind: "own-thread" };
  const trait = active.length >= MOST_STORMS ? EVERYTHING : sharedWith(newcomer, recent);
  return { kind: "begin", trait };
}

/** The storm under way whose members it is most like; undefined: none. */
export function stormOf<Under extends Pick<Storm, "trait">>(
  { traits }: Pick<Newcomer, "traits">,
  active: readonly Under[],
): Under | undefined {
  const fitting = active.filter(({ trait }) => trait.kind === "time" || traits.some((own) => isSame(own, trait)));
  return fitting.toSorted((left, right) => TRAIT_KINDS.indexOf(left.trait.kind) - TRAIT_KINDS.indexOf(right.trait.kind))[0];
}

function sharedWith({ traits }: Newcomer, recent: readonly Newcomer[]): Trait {
  const enough = Math.max(1, Math.min(SHARED_BY, recent.length));
  const shared = traits.find((trait) => recent.filter((other) => other.traits.some((one) => isSame(one, trait))).length >= enough);
  return shared ?? EVERYTHING;
}

function isSame(left: Trait, right: Trait): boolean {
  return left.kind === right.kind && left.value === right.value;
}

function isCritical({ severity }: Newcomer): boolean {
  return severity === "critical";
}

/** The worst first, then what is reported most, then the oldest. What is resolved comes last. */
export function worstFirst<Ranked extends Pick<StormMember, "state" | "severity" | "timesSeen" | "openedAtMs">>(
  members: readonly Ranked[],
): readonly Ranked[] {
  const over = ({ state }: Ranked): number => (state === "resolved" ? 1 : 0);
  return members.toSorted(
    (left, right) =>
      over(left) - over(right) ||
      rankOf(left.severity) - rankOf(right.severity) ||
      right.timesSeen - left.timesSeen ||
      left.openedAtMs - right.openedAtMs,
  );
}

function rankOf(severity: Severity | undefined): number {
  return severity === undefined ? SEVERITIES.length : SEVERITIES.indexOf(severity);
}

/** Whom to look into now: the worst of those who wait, as far as the budget goes. */
export function nextToLookInto(
  members: readonly StormMember[],
  { investigations }: Pick<StormSettings, "investigations">,
): readonly StormMember[] {
  const running = members.filter(({ look, isOut }) => look === "running" && !isOut).length;
  const waiting = members.filter(({ look, isOut, state }) => look === "waiting" && !isOut && state !== "resolved");
  return worstFirst(waiting).slice(0, Math.max(0, investigations - running));
}

/** Quiet for long enough, and nothing left to look into. */
export function isOver(
  { lastMemberAtMs }: Pick<Storm, "lastMemberAtMs">,
  members: readonly StormMember[],
  { nowMs, quietMs }: { readonly nowMs: number; readonly quietMs: number },
): boolean {
  const busy = members.some(({ look, isOut, state }) => !isOut && (look === "running" || (look === "waiting" && state !== "resolved")));
  return !busy && nowMs - lastMemberAtMs >= quietMs;
}
