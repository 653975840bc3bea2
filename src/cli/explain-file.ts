import { OomphError } from "../domain/errors.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { explain, renderExplanation } from "./explain.ts";
import type { Io } from "./io.ts";

/** `oomph explain <file|->`. */
export async function explainFile({ file, json }: { readonly file: string; readonly json: boolean }, io: Io): Promise<ExitCode> {
  const explanation = explain(file === "-" ? await io.readStdin() : await readText(file, io));
  const { result } = explanation;
  if (json) io.out(`${JSON.stringify(result, null, 2)}\n`);
  else if (result.kind === "unknown") io.err(renderExplanation(explanation));
  else io.out(renderExplanation(explanation));
  return result.kind === "unknown" ? EXIT.badInput : EXIT.ok;
}

async function readText(file: string, io: Io): Promise<string> {
  try {
    return await io.readFile(file);
  } catch (error) {
    const why = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
    throw new OomphError("bad-input", `expected a file that can be read, or - for standard input, got ${JSON.stringify(file)} (${why})`, {
      cause: error,
    });
  }
}
