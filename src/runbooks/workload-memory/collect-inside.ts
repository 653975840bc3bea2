import { formatBytes } from "../../domain/bytes.ts";
import { OomphError } from "../../domain/errors.ts";
import type { Json } from "../../domain/json.ts";
import type { ContainerPlace } from "../../ports/clusters.ts";
import { countProcesses } from "../container-memory/count-processes.ts";
import { LIST_PROCESSES, MARK, PRINT_FILES, readFiles, readProcessList, withoutReaders } from "../container-memory/inside.ts";
import { CGROUP_FILES, readCgroup } from "../container-memory/read-cgroup.ts";
import { recogniseSettings } from "../container-memory/recognise-settings.ts";
import { runningPlace, type WorkloadSession } from "./session.ts";

const EXEC_TIMEOUT_MS = 5_000;
const MAX_OUTPUT_BYTES = 512 * 1024;
// What is run inside is charged to the container: a shell at a limit that is reached gets something killed. Readings of a
// cluster are up to a minute old, so that more is left free than of a Docker container.
const ROOM_FOR_A_SHELL_BYTES = 16 * 2 ** 20;

/** Processes of the container that is looked at, as it sees them itself. */
export async function collectCensus(session: WorkloadSession, signal: AbortSignal): Promise<Json> {
  const { place, stdout } = await runInside(session, { script: LIST_PROCESSES, args: [] }, signal);
  const processes = withoutReaders(readProcessList(stdout));
  if (processes.length === 0) throw new OomphError("refused", "expected processes under /proc of the container, none could be read inside");
  return { pod: place.pod, container: place.container, census: { ...countProcesses(processes), readFrom: "inside" } };
}

/** What the kernel counts for that container, from its own cgroup files, and /proc/meminfo. */
export async function collectCgroup(session: WorkloadSession, signal: AbortSignal): Promise<Json> {
  const { place, stdout } = await runInside(session, { script: PRINT_FILES, args: CGROUP_FILES }, signal);
  return { pod: place.pod, container: place.container, cgroup: readCgroup(readFiles(stdout)) };
}

/** Worker, cache and heap settings of each container's template, from variables that have a value and from the command. */
export async function collectEnvironment({ workload }: WorkloadSession): Promise<Json> {
  const { containers, environment } = await workload();
  return {
    containers: containers.map(({ name, commandLine = "" }) => {
      const variables = Object.entries(environment[name] ?? {}).map(([key, value]) => `${key}=${value}`);
      return { container: name, settings: recogniseSettings(variables, commandLine) };
    }),
  };
}

type Script = { readonly script: string; readonly args: readonly string[] };

/** What a script printed inside the container that is looked at. Throws `refused` where there is no room for one, or no shell. */
export async function runInside(session: WorkloadSession, { script, args }: Script, signal: AbortSignal) {
  const place = await runningPlace(session, signal);
  await assertRoom(session, place, signal);
  const limits = { timeoutMs: EXEC_TIMEOUT_MS, maxBytes: MAX_OUTPUT_BYTES };
  const { exitCode, stdout, stderr } = await session.cluster.execute(place, ["sh", "-c", script, MARK, ...args], limits);
  if (exitCode === 126 || exitCode === 127)
    throw new OomphError("refused", "the container has no shell, so nothing inside it could be read");
  if (exitCode !== 0) {
    const said = (stderr || stdout).trim().slice(0, 160);
    throw new OomphError("refused", `expected a script to run inside, it ended with code ${exitCode}${said === "" ? "" : ` (${said})`}`);
  }
  return { place, stdout };
}

/** Throws when a program started inside might be what brings the container to its limit. */
async function assertRoom({ pods, usage }: WorkloadSession, { pod, container }: ContainerPlace, signal: AbortSignal): Promise<void> {
  const facts = (await pods()).pods.find(({ name }) => name === pod);
  const limitBytes = facts?.containers.find(({ name }) => name === container)?.limitBytes ?? facts?.podLimitBytes;
  if (limitBytes === undefined) return;
  const used = (await usage(signal)).containers.find((one) => one.pod === pod && one.container === container);
  const leftBytes = used === undefined ? 0 : Math.max(0, limitBytes - used.workingSetBytes);
  if (leftBytes >= ROOM_FOR_A_SHELL_BYTES) return;
  const left = used === undefined ? "How much is left is not known" : `${formatBytes(leftBytes)} are left`;
  throw new OomphError(
    "refused",
    `${left} under the limit of ${formatBytes(limitBytes)}: a program started inside would be charged to it and could get something killed, so nobody went inside`,
  );
}
