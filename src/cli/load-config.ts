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

function orThrow<Result>(loaded: Loaded<Result>): Result {
  if (loaded.kind === "ok") return loaded.config;
  throw new OomphError(
    "bad-input",
    ["the configuration is not valid:", ...loaded.problems.map((problem) => `  ${formatProblem(problem)}`)].join("\n"),
  );
}
