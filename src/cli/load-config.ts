import { formatProblem, loadCommandLineConfig, loadConfig, type Config, type Loaded, type ServiceConfig, type Sources } from "../config.ts";
import { OomphError } from "../domain/errors.ts";

/** The configuration with another file than ./oomph.yaml where one was named. */
export function withFile({ env, readFile }: Sources, file: string | undefined): Sources {
  return { env: file === undefined ? env : { ...env, OOMPH_CONFIG: file }, readFile };
}

/** What the command line needs. Throws OomphError `bad-input` that lists every problem. */
export function requireConfig(sources: Sources): Config {
  return orThrow(loadCommandLineConfig(sources));
}

/** What Oomph's process needs: whoever asks it for something works on the same store, queue and chat. Throws likewise. */
export function requireServiceConfig(sources: Sources): ServiceConfig {
  return orThrow(loadConfig(sources));
}

/** Every problem on a line, and before them that there is no file, which may be all that is wrong. */
export function problemLines({ problems, hasFile }: Extract<Loaded<unknown>, { kind: "invalid" }>): readonly string[] {
  const lines = problems.map((problem) => `  ${formatProblem(problem)}`);
  return hasFile ? lines : [`  (${NO_FILE})`, ...lines];
}

const NO_FILE =
  "there is no oomph.yaml in this folder: only variables were read; OOMPH_CONFIG, or --config FILE of a command, names a file elsewhere";

function orThrow<Result>(loaded: Loaded<Result>): Result {
  if (loaded.kind === "ok") return loaded.config;
  throw new OomphError("bad-input", ["the configuration is not valid:", ...problemLines(loaded)].join("\n"));
}
