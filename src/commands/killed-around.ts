import type { ContainerTarget } from "../domain/target.ts";
import { targetKey } from "../domain/target.ts";
import { messageOf } from "../domain/errors.ts";
import type { ContainerEvent, ContainerHost, ContainerHosts } from "../ports/containers.ts";

const SIGKILL_EXIT = 137;

export type Span = { readonly fromMs: number; readonly toMs: number };

/** What Docker saw on the hosts that were asked. */
export type DockerSaw = {
  readonly events: readonly HostEvent[];
  /** Some host goes by a name that the alert gives; then only such hosts were asked. */
  readonly byName: boolean;
  /** Hosts that did not answer. */
  readonly missing: readonly string[];
};

export type HostEvent = ContainerEvent & { readonly connection: string };

/**
 * Events of a time span on the hosts that an alert names: by their own host name or by the name of the connection. Names
 * are tried in order, the first that fits decides; where none does, every host is asked.
 */
export async function dockerSaw(hosts: ContainerHosts, span: Span, names: readonly string[]): Promise<DockerSaw> {
  const all = hosts.names().map((name) => hosts.host(name));
  const looks = await Promise.all(all.map((host) => look(host, span)));
  const answered = looks.filter((one) => one.kind === "answered");
  const named = names
    .map((name) => answered.filter(({ goesBy }) => goesBy.some((own) => isSameHost(own, name))))
    .find((fit) => fit.length > 0);
  return {
    events: (named ?? answered).flatMap(({ events }) => events),
    byName: named !== undefined,
    missing: looks.flatMap((one) => (one.kind === "missing" ? [one.because] : [])),
  };
}

type Look =
  | { readonly kind: "answered"; readonly goesBy: readonly string[]; readonly events: readonly HostEvent[] }
  | { readonly kind: "missing"; readonly because: string };

async function look(host: ContainerHost, { fromMs, toMs }: Span): Promise<Look> {
  try {
    const [{ hostname }, events] = await Promise.all([host.facts(), host.pastEvents({ sinceMs: fromMs, untilMs: toMs })]);
    return { kind: "answered", goesBy: [hostname, host.name], events: events.map((event) => ({ ...event, connection: host.name })) };
  } catch (error) {
    return { kind: "missing", because: messageOf(error) };
  }
}

/** Short or with its domain, in any case. */
export function isSameHost(one: string, other: string): boolean {
  const [left, right] = [one.toLowerCase(), other.toLowerCase()];
  return left === right || left.split(".")[0] === right || left === right.split(".")[0];
}

/**
 * The containers that, by Docker's word, lost a process to the kernel: those with an `oom` event; where there is none,
 * those that died of SIGKILL without anybody having asked Docker to kill them.
 */
export function killedIn(events: readonly HostEvent[]): readonly ContainerTarget[] {
  const oom = events.filter(({ action }) => action === "oom");
  return targetsOf(oom.length > 0 ? oom : events.filter((event) => diedUnasked(event, events)));
}

function diedUnasked({ action, exitCode, containerId }: HostEvent, events: readonly HostEvent[]): boolean {
  if (action !== "die" || exitCode !== SIGKILL_EXIT) return false;
  return !events.some((other) => other.containerId === containerId && (other.action === "kill" || other.action === "stop"));
}

/** The container that had this id, under the name that it had then. */
export function namedById(events: readonly HostEvent[], ids: readonly string[]): readonly ContainerTarget[] {
  return targetsOf(events.filter(({ containerId }) => ids.includes(containerId)));
}

function targetsOf(events: readonly HostEvent[]): readonly ContainerTarget[] {
  const targets = events.map(({ connection, name }): ContainerTarget => ({ kind: "docker", connection, name }));
  return [...new Map(targets.map((target) => [targetKey(target), target])).values()];
}
