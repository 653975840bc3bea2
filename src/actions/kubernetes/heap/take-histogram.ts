import { asClause } from "../../../domain/clause.ts";
import { OomphError } from "../../../domain/errors.ts";
import { readHistogram, type ObjectHistogram } from "../../../domain/heap/object-histogram.ts";
import type { Taking } from "./take-profiles.ts";

/** A histogram of objects, with the text that it was read from. */
export type TakenHistogram = { readonly text: string; readonly kinds: ObjectHistogram };

const LIMITS = { timeoutMs: 60_000, maxBytes: 4 * 2 ** 20 } as const;
const SHOWN = 300;

/** Runs a program inside that prints a histogram. Throws OomphError `refused` for one that fails, `bad-input` for other output. */
export async function histogramBy({ cluster, scope }: Taking, argv: readonly string[]): Promise<TakenHistogram> {
  const { stdout, stderr, exitCode } = await cluster.execute(scope, argv, LIMITS);
  const what = argv.join(" ").slice(0, 120);
  if (exitCode !== 0)
    throw new OomphError(
      "refused",
      `${what} ended with ${exitCode} in ${scope.pod}: ${asClause(`${stderr}${stdout}`.trim().slice(0, SHOWN))}.`,
    );
  return histogramOf(stdout, `${what} in ${scope.pod}`);
}

export function histogramOf(text: string, where: string): TakenHistogram {
  const kinds = readHistogram(text);
  if (kinds !== undefined) return { text, kinds };
  const got = text.trim() === "" ? "nothing" : JSON.stringify(text.trim().slice(0, SHOWN));
  throw new OomphError(
    "bad-input",
    `expected lines of "bytes count name" from ${where}, or a histogram of a JVM or of tracemalloc, got ${got}.`,
  );
}

/** What a JVM is asked with. `-all` counts what is no longer in use too, without a collection first, which would stop the program. */
export function jvmArguments(tool: "jcmd" | "jmap", pid: number, gc: boolean): readonly string[] {
  if (tool === "jcmd") return ["jcmd", String(pid), "GC.class_histogram", ...(gc ? [] : ["-all"])];
  return ["jmap", gc ? "-histo:live" : "-histo", String(pid)];
}
