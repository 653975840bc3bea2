import type { Alert, AlertKill } from "../domain/alert.ts";
import { asClause } from "../domain/clause.ts";
import { containerIdsIn } from "../domain/kernel-oom/cgroup-path.ts";
import { targetKey, type Target } from "../domain/target.ts";
import type { Clock } from "../ports/clock.ts";
import type { ContainerHosts } from "../ports/containers.ts";
import type { TargetList } from "../ports/planner.ts";
import { dockerSaw, isSameHost, killedIn, namedById, type DockerSaw, type Span } from "./killed-around.ts";
import { killTime } from "./kill-time.ts";

/** Whose memory an alert is about. */
export type Victim =
  /** `how`: how it was found, of a kill a clause, else a sentence; absent: by its name. */
  | { readonly kind: "found"; readonly target: Target; readonly how?: string }
  | { readonly kind: "several"; readonly targets: readonly Target[]; readonly because: string }
  /** `because`: a sentence; absent: there is nothing that anybody would want to know. */
  | { readonly kind: "none"; readonly because?: string };

export type VictimSearch = {
  readonly list: TargetList;
  readonly hosts: ContainerHosts;
  readonly clock: Clock;
};

/** The log's clock, the manager's and the daemon's may differ by so much, and Wazuh takes its time. */
const AROUND_MS = 2 * 60_000;
/** Docker tells of a kill a moment after the kernel does. */
const JUST_NOW_MS = 10_000;
const A_MOMENT_MS = 1_500;
const SHORT_ID = 12;

/** Finds the container that an alert is about: by the id in its cgroup, by its name, or by what Docker saw at that time. */
export async function findVictim(search: VictimSearch, alert: Alert, heardAtMs: number): Promise<Victim> {
  const list = containersOf(search.list);
  if (alert.kills.length === 0) return byName(list, alert);
  const placed = alert.kills.filter((kill) => pathOf(kill) !== null);
  if (placed.length > 0) return byPath({ ...search, list }, placed, alert);
  return byTime(search, alert, heardAtMs);
}

function byName(list: Containers, { subject: { names, hosts: places } }: Alert): Victim {
  const fitting = firstFitting(names, list);
  // The same name on several hosts: the alert may say on which.
  const there = fitting.filter((target) => target.kind === "docker" && places.some((place) => isSameHost(place, target.connection)));
  const [only, ...others] = there.length > 0 ? there : fitting;
  if (only !== undefined && others.length === 0) return { kind: "found", target: only };
  if (only !== undefined)
    return { kind: "several", targets: [only, ...others], because: "There are several containers of the name that this gives." };
  const [away] = list.missing;
  if (away === undefined) return { kind: "none" };
  return {
    kind: "none",
    because: `This is about the memory of container "${names[0] ?? ""}", which I cannot look for everywhere: ${asClause(away.because)}.`,
  };
}

/** Of a list that many alerts are looked up in, its containers by their names. */
type Containers = TargetList & {
  readonly byOwn: ReadonlyMap<string, readonly Target[]>;
  readonly byAlias: ReadonlyMap<string, readonly Target[]>;
};

const CONTAINERS = new WeakMap<TargetList, Containers>();

function containersOf(list: TargetList): Containers {
  const made = CONTAINERS.get(list) ?? indexed({ ...list, known: list.known.filter(({ target }) => target.kind === "docker") });
  CONTAINERS.set(list, made);
  return made;
}

function indexed(list: TargetList): Containers {
  const byOwn = new Map<string, Target[]>();
  const byAlias = new Map<string, Target[]>();
  for (const { target, aliases } of list.known) {
    addTo(byOwn, target.name.toLowerCase(), target);
    for (const alias of new Set(aliases.map((one) => one.toLowerCase()))) addTo(byAlias, alias, target);
  }
  return { ...list, byOwn, byAlias };
}

function addTo(index: Map<string, Target[]>, name: string, target: Target): void {
  const there = index.get(name);
  if (there === undefined) index.set(name, [target]);
  else there.push(target);
}

/** Whole names only. What somebody has called their container counts for more than what Compose calls its service. */
function firstFitting(names: readonly string[], { byOwn, byAlias }: Containers): readonly Target[] {
  for (const name of names.map((one) => one.toLowerCase())) {
    const found = byOwn.get(name) ?? byAlias.get(name);
    if (found !== undefined) return found;
  }
  return [];
}

/** The cgroup says in which container it was, or that it was in none. */
async function byPath(search: VictimSearch, kills: readonly AlertKill[], alert: Alert): Promise<Victim> {
  const ids = kills.map((kill) => containerIdsIn(pathOf(kill) ?? "").toReversed());
  const known = distinct(ids.flatMap((inKill) => innermost(inKill, search.list)));
  const targets = known.length > 0 ? known : await goneById(search, ids.flat());
  const [only, ...others] = targets;
  if (only === undefined) return { kind: "none", because: elsewhere(kills, ids.flat(), alert) };
  if (others.length > 0) return { kind: "several", targets, because: "It tells of kills in several containers." };
  return { kind: "found", target: only, how: "by the container's id in the kernel's line" };
}

/** Docker within Docker: the container within, where its daemon is configured, else the one around it. */
function innermost(ids: readonly string[], { known }: TargetList): readonly Target[] {
  const found = ids.map((id) => known.filter(({ aliases }) => aliases.includes(id))).find((fitting) => fitting.length > 0);
  return (found ?? []).map(({ target }) => target);
}

function distinct(targets: readonly Target[]): readonly Target[] {
  return [...new Map(targets.map((target) => [targetKey(target), target])).values()];
}

/** It may be gone already, and another have its name. */
async function goneById({ hosts, clock }: VictimSearch, ids: readonly string[]): Promise<readonly Target[]> {
  if (ids.length === 0) return [];
  const nowMs = clock.nowMs();
  return namedById((await dockerSaw(hosts, { fromMs: nowMs - 3_600_000, toMs: nowMs + AROUND_MS }, [])).events, ids);
}

function elsewhere(kills: readonly AlertKill[], ids: readonly string[], { subject: { hosts } }: Alert): string {
  const newest = kills.at(-1);
  const where = hosts[0] === undefined ? "" : ` on ${hosts[0]}`;
  const [id] = ids;
  if (id !== undefined)
    return `${told(newest)}. That was in container ${id.slice(0, SHORT_ID)}${where}, which is on none of the configured Docker hosts.`;
  return `${told(newest)}. That was in ${pathOf(newest) ?? ""}${where}, which is no container of Docker's.`;
}

/** A single line has only process and pid: Docker is asked whom it saw being killed at that moment. */
async function byTime({ hosts, clock }: VictimSearch, alert: Alert, heardAtMs: number): Promise<Victim> {
  const newest = alert.kills.at(-1);
  const where = alert.subject.hosts[0] === undefined ? "" : ` (on ${alert.subject.hosts[0]})`;
  const times = alert.kills.flatMap((kill) => killTime(kill, alert.startsAtMs ?? heardAtMs) ?? []);
  if (times.length === 0)
    return { kind: "none", because: `${told(newest)}${where}. That was on another day, and the line does not say in which container.` };
  const span = { fromMs: Math.min(...times) - AROUND_MS, toMs: Math.max(...times) + AROUND_MS };
  const saw = await sawSurely(hosts, { span, names: alert.subject.hosts, clock });
  const targets = killedIn(saw.events);
  const [only, ...others] = targets;
  if (only === undefined)
    return {
      kind: "none",
      because: `${told(newest)}${where}. The line does not say in which container, and on the configured Docker hosts none was killed within 2 minutes of it${unasked(saw)}.`,
    };
  if (others.length > 0)
    return {
      kind: "several",
      targets,
      because: `${told(newest)}${where}. The line does not say in which container; several were killed within 2 minutes of it.`,
    };
  if (alert.subject.hosts.length > 0 && !saw.byName)
    return {
      kind: "several",
      targets,
      because: `${told(newest)}${where}. No configured Docker host goes by that name; one container elsewhere was killed within 2 minutes of it.`,
    };
  return { kind: "found", target: only, how: "by the time: Docker saw no other container being killed within 2 minutes of it" };
}

type Asking = { readonly span: Span; readonly names: readonly string[]; readonly clock: Clock };

async function sawSurely(hosts: ContainerHosts, { span, names, clock }: Asking): Promise<DockerSaw> {
  const saw = await dockerSaw(hosts, span, names);
  const isFresh = Math.abs(clock.nowMs() - (span.toMs - AROUND_MS)) < JUST_NOW_MS;
  if (killedIn(saw.events).length > 0 || !isFresh || hosts.names().length === 0) return saw;
  await clock.sleep(A_MOMENT_MS);
  return dockerSaw(hosts, span, names);
}

function unasked({ missing }: DockerSaw): string {
  return missing.length === 0 ? "" : ` (as far as can be seen: ${asClause(missing[0] ?? "").slice(0, 200)})`;
}

function told(kill: AlertKill | undefined): string {
  return kill?.says ?? "Something was killed for want of memory";
}

function pathOf(kill: AlertKill | undefined): string | null {
  return kill?.cgroup ?? kill?.oomCgroup ?? null;
}
