import { codeOf } from "../../domain/errors.ts";
import type { Dependent } from "../../ports/container-acts.ts";
import type { DockerClient } from "./client.ts";
import { linkOf, nameOf } from "./recreate-definition.ts";
import { Inspected, Listed } from "./recreate-schema.ts";

// Few enough not to burden the daemon, enough to be done with a thousand containers in a few seconds.
const AT_ONCE = 8;

/** Containers that share something with this one by its id or name. Those that vanish meanwhile are passed over. */
export async function findDependents(client: DockerClient, container: string): Promise<readonly Dependent[]> {
  const one = Inspected.parse(await client.json({ call: "inspect", id: container }));
  const waiting = Listed.parse(await client.json({ call: "list", query: { all: "true" } }))
    .map(({ Id }) => Id)
    .filter((id) => id !== one.Id);
  const found: Dependent[] = [];
  async function work(): Promise<void> {
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      const other = await look(client, id);
      const through = other === undefined ? undefined : sharedThrough(other, one);
      if (other !== undefined && through !== undefined) found.push({ name: nameOf(other), through, running: other.State.Running });
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return found.toSorted((left, right) => (left.name < right.name ? -1 : 1));
}

async function look(client: DockerClient, id: string): Promise<Inspected | undefined> {
  try {
    return Inspected.parse(await client.json({ call: "inspect", id }));
  } catch (error) {
    if (codeOf(error) === "not-found") return undefined;
    throw error;
  }
}

/** How `other` hangs on `one`; undefined: it does not. Pure. */
export function sharedThrough(other: Inspected, one: Pick<Inspected, "Id" | "Name">): Dependent["through"] | undefined {
  const { NetworkMode, PidMode, IpcMode, VolumesFrom, Links } = other.HostConfig;
  const isOne = (name: string): boolean =>
    name !== "" && (name === nameOf(one) || one.Id === name || (name.length >= 12 && one.Id.startsWith(name)));
  const joins = (mode: string): boolean => mode.startsWith("container:") && isOne(mode.slice("container:".length));
  if (joins(NetworkMode)) return "network";
  if (joins(PidMode)) return "pid";
  if (joins(IpcMode)) return "ipc";
  if ((VolumesFrom ?? []).some((from) => isOne(from.split(":")[0] ?? ""))) return "volumes";
  return (Links ?? []).some((link) => isOne(linkOf(link).split(":")[0] ?? "")) ? "link" : undefined;
}
