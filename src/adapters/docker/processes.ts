import { OomphError, codeOf } from "../../domain/errors.ts";
import type { ContainerProcess } from "../../ports/containers.ts";
import type { DockerClient } from "./client.ts";
import { readAnswer } from "./read-answer.ts";
import { Top } from "./schema.ts";

const WITH_MEMORY = "-eo pid,ppid,rss,args";
const KIB = 1024;

/** What `ps` on the daemon's host says of a container's processes. */
export async function listProcesses(
  client: DockerClient,
  asked: { readonly id: string; readonly container: string },
): Promise<readonly ContainerProcess[]> {
  try {
    return readTop(await top(client, { ...asked, query: { ps_args: WITH_MEMORY } }));
  } catch (error) {
    // A small ps, as Alpine has, knows neither these options nor these columns.
    if (codeOf(error) !== "refused") throw error;
    return readTop(await top(client, asked));
  }
}

type Asked = { readonly id: string; readonly container: string; readonly query?: Readonly<Record<string, string>> };

async function top(client: DockerClient, asked: Asked): Promise<Top> {
  return readAnswer(Top, await client.json({ call: "top", ...asked }), "The list of processes");
}

function readTop({ Titles: titles, Processes: rows }: Top): readonly ContainerProcess[] {
  const column = (...names: readonly string[]): number => titles.findIndex((title) => names.includes(title.toUpperCase()));
  const [pid, parent, rss, args] = [column("PID"), column("PPID"), column("RSS"), column("COMMAND", "CMD", "ARGS")];
  if (pid < 0 || args < 0)
    throw new OomphError("refused", `Expected processes with PID and COMMAND, the daemon's ps gave ${titles.join(", ")}.`);
  return (rows ?? []).map((row) => ({
    pid: Number(row[pid]),
    parentPid: Number(row[parent] ?? 0),
    ...(rss < 0 ? {} : { rssBytes: Number(row[rss]) * KIB }),
    args: row[args] ?? "",
  }));
}
