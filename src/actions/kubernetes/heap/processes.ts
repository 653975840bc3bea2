import { OomphError } from "../../../domain/errors.ts";
import type { ContainerPlace, PodInsides } from "../../../ports/clusters.ts";

/** A process inside a container. */
export type InnerProcess = { readonly pid: number; readonly commandLine: string };

export type Inside = {
  readonly processes: readonly InnerProcess[];
  /** Which of the JDK's tools the image has. */
  readonly tools: readonly ("jcmd" | "jmap")[];
  /** Why it could not be looked at; absent: it could. */
  readonly because?: string;
};

const LIMITS = { timeoutMs: 10_000, maxBytes: 262_144 } as const;
const LIST = [
  `for p in /proc/[0-9]*; do printf '%s ' "\${p#/proc/}"; tr '\\000' ' ' < "$p/cmdline" 2>/dev/null; echo; done`,
  'for t in jcmd jmap; do command -v $t >/dev/null 2>&1 && echo "tool $t"; done',
  "true",
].join("; ");

/** What runs in a container. An image without a shell tells at most its first process, one without anything nothing. */
export async function lookInside(cluster: Pick<PodInsides, "execute">, place: ContainerPlace): Promise<Inside> {
  const listed = await attempt(cluster, place, ["sh", "-c", LIST]);
  if (typeof listed === "string") return read(listed);
  const first = await attempt(cluster, place, ["cat", "/proc/1/cmdline"]);
  if (typeof first === "string") return { processes: [{ pid: 1, commandLine: first.replaceAll("\0", " ").trim() }], tools: [] };
  return { processes: [], tools: [], because: listed.because };
}

async function attempt(
  cluster: Pick<PodInsides, "execute">,
  place: ContainerPlace,
  argv: readonly string[],
): Promise<string | { readonly because: string }> {
  try {
    const { stdout, exitCode } = await cluster.execute(place, argv, LIMITS);
    return exitCode === 0 ? stdout : { because: `${argv[0] ?? ""} ended with ${exitCode}` };
  } catch (error) {
    if (error instanceof OomphError) return { because: error.message };
    throw error;
  }
}

function read(listed: string): Inside {
  const lines = listed.split("\n");
  return {
    processes: lines.flatMap((line) => {
      const [, pid, commandLine] = /^(\d+) (\S.*)$/.exec(line) ?? [];
      return commandLine === undefined ? [] : [{ pid: Number(pid), commandLine: commandLine.trim() }];
    }),
    tools: (["jcmd", "jmap"] as const).filter((tool) => lines.includes(`tool ${tool}`)),
  };
}
