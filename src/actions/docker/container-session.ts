import { codeOf, messageOf, OomphError } from "../../domain/errors.ts";
import type { Plan, Planned } from "../../domain/plan.ts";
import { formatTarget, type ContainerTarget, type Target } from "../../domain/target.ts";
import type { ContainerDefinition, HostActs } from "../../ports/container-acts.ts";
import type { ContainerFacts, ContainerHost, HostFacts } from "../../ports/containers.ts";
import type { DockerActionDeps } from "./deps.ts";
import { belongsToOomph } from "./own-place.ts";

/** A container looked at once, on its host. */
export type ContainerSession = {
  readonly target: ContainerTarget;
  readonly host: ContainerHost;
  readonly acts: HostActs;
  readonly facts: ContainerFacts;
  readonly definition: ContainerDefinition;
  readonly hostFacts: HostFacts;
};

/** Looks at a target and plans on it. Oomph's own containers and those that others look after are refused. */
export async function planOn(
  deps: DockerActionDeps,
  target: Target,
  plan: (session: ContainerSession) => Promise<Planned>,
): Promise<Planned> {
  try {
    const session = await look(deps, target);
    const because = await refusal(deps, session);
    return because === undefined ? await plan(session) : refused(because);
  } catch (error) {
    if (codeOf(error) === "bad-input") return refused(messageOf(error));
    throw error;
  }
}

/** Looks at the container of an approved plan, and throws `conflict` unless its name still means the one that was approved. */
export async function lookAtApproved(deps: DockerActionDeps, plan: Plan, id: string): Promise<ContainerSession> {
  const session = await look(deps, plan.target);
  const because = (await refusal(deps, session)) ?? moved(session, id);
  if (because !== undefined) throw new OomphError("conflict", `Nothing was done: ${because}`);
  return session;
}

/** Where a target's container is, without looking at it: it may be half-way to another name. */
export function hostOf(deps: DockerActionDeps, target: Target): Pick<ContainerSession, "target" | "host" | "acts"> {
  const { connection } = containerTarget(target);
  return { target: containerTarget(target), host: deps.hosts.host(connection), acts: deps.acts.host(connection) };
}

export function refused(because: string): Planned {
  return { kind: "refused", because };
}

/** Twelve digits, as `docker ps` shows it. */
export function shortId(id: string): string {
  return id.slice(0, 12);
}

async function look(deps: DockerActionDeps, given: Target): Promise<ContainerSession> {
  const { target, host, acts } = hostOf(deps, given);
  const facts = await host.inspect(target.name);
  const [definition, hostFacts] = await Promise.all([acts.definition(facts.id), host.facts()]);
  return { target, host, acts, facts, definition, hostFacts };
}

function containerTarget(target: Target): ContainerTarget {
  if (target.kind === "docker") return target;
  throw new OomphError("bad-input", `expected a container such as docker/kong, got ${formatTarget(target)}`);
}

async function refusal(deps: DockerActionDeps, session: ContainerSession): Promise<string | undefined> {
  const { target, facts } = session;
  if (facts.name !== target.name) return `${formatTarget(target)} is an id: the container's name is ${facts.name}. Ask for that.`;
  return notOurs(deps, session);
}

/** Why a container is not for Oomph to change, whatever it is called now; undefined: it is. */
export async function notOurs(deps: DockerActionDeps, session: Omit<ContainerSession, "host" | "acts">): Promise<string | undefined> {
  const { target, facts } = session;
  const name = formatTarget(target);
  if (facts.labels["io.kubernetes.pod.name"] !== undefined) {
    return `${name} belongs to the Kubernetes pod ${facts.labels["io.kubernetes.pod.namespace"] ?? "?"}/${facts.labels["io.kubernetes.pod.name"]}: its kubelet would undo a change. Change the pod's owner instead.`;
  }
  if (facts.labels["com.docker.swarm.task.id"] !== undefined) {
    return `${name} is a task of the Swarm service ${facts.labels["com.docker.swarm.service.name"] ?? "?"}, which would replace it. Change the service instead: docker service update.`;
  }
  try {
    const own = belongsToOomph(await deps.own(), session);
    return own === undefined ? undefined : `${name} is ${own}. Oomph never changes what it runs on itself.`;
  } catch (error) {
    return `what Oomph itself runs on could not be told (${messageOf(error)}), so ${name} might be it. Try again when it can.`;
  }
}

function moved({ target, facts }: ContainerSession, id: string): string | undefined {
  if (facts.id === id) return undefined;
  return `${formatTarget(target)} is another container by now (${shortId(facts.id)}) than the one that was approved (${shortId(id)}): it was re-created since. Ask again for a new plan.`;
}
