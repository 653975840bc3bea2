import { messageOf, OomphError } from "../../domain/errors.ts";
import type { Json } from "../../domain/json.ts";
import type { ContainerProcess } from "../../ports/containers.ts";
import type { Process } from "./classify-processes.ts";
import { countProcesses } from "./count-processes.ts";
import { LIST_PROCESSES, readProcessList, withoutReaders } from "./inside.ts";
import type { ContainerSession } from "./session.ts";

/**
 * The container's processes: from inside, where each tells its proportional size, else from the host, which knows RSS
 * alone. Throws when neither could be had.
 */
export async function collectCensus(session: ContainerSession): Promise<Json> {
  const [top, inside] = await Promise.allSettled([
    session.host.processes(session.id),
    session.inside(LIST_PROCESSES).then(readProcessList),
  ]);
  if (inside.status === "fulfilled" && inside.value.length > 0) {
    const fromHost = top.status === "fulfilled" ? top.value : [];
    return { ...countProcesses(withoutReaders(ownProcesses(inside.value, fromHost))), readFrom: "inside" };
  }
  const notInside = inside.status === "rejected" ? messageOf(inside.reason) : "no process could be read inside";
  if (top.status === "rejected") throw asOomphError(top.reason);
  return { ...countProcesses(withoutReaders(top.value)), readFrom: "host", notInside };
}

/**
 * With `--pid=host` all processes of the host are seen inside. Then both lists number them alike, and those of the
 * container are the ones that Docker names.
 */
export function ownProcesses(inside: readonly Process[], top: readonly ContainerProcess[]): readonly Process[] {
  const argsOf = new Map(inside.map(({ pid, args }) => [pid, args]));
  const sharesNumbers = top.length > 0 && top.every(({ pid, args }) => argsOf.get(pid) === args.trim());
  if (!sharesNumbers) return inside;
  const own = new Set(top.map(({ pid }) => pid));
  return inside.filter(({ pid }) => own.has(pid));
}

function asOomphError(reason: unknown): OomphError {
  return reason instanceof OomphError ? reason : new OomphError("internal", messageOf(reason), { cause: reason });
}
