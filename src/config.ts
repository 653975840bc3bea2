import { readFileSync } from "node:fs";
import { buildConfig, buildSlack, type Config, type ServiceConfig } from "./config/build.ts";
import { crossCheck } from "./config/cross-checks.ts";
import type { Environment, ReadFile } from "./config/environment.ts";
import { checkDocument, type Checked } from "./config/read-schema.ts";
import type { Problem } from "./config/problem.ts";
import { readRawDocument, type RawDocument } from "./config/raw-document.ts";
import { CommandLineDocument, Document } from "./config/schema.ts";

export type { Config, ServiceConfig } from "./config/build.ts";
export { formatProblem, type Problem } from "./config/problem.ts";

export type Sources = { readonly env: Environment; readonly readFile: ReadFile };

export type Loaded<Result> =
  | { readonly kind: "ok"; readonly config: Result }
  /** `hasFile`: false where there is no oomph.yaml and none was named, so that only the environment was read. */
  | { readonly kind: "invalid"; readonly problems: readonly Problem[]; readonly hasFile: boolean };

/** Environment and files of this process: the only place that reads process.env. */
export function processSources(): Sources {
  return { env: process.env, readFile: (path) => readFileSync(path, "utf8") };
}

/** Everything that the service needs, or every problem at once. */
export function loadConfig({ env, readFile }: Sources): Loaded<ServiceConfig> {
  const raw = readRawDocument(env, readFile);
  return built(raw, { checked: checkDocument(Document, raw.content, raw), forService: true }, (document) => {
    const queue = { url: document.queue.url ?? "" };
    return { ...buildConfig(document, env), queue, slack: buildSlack(document) };
  });
}

/** What the command line needs: the same without Slack, whose settings are not looked at. */
export function loadCommandLineConfig({ env, readFile }: Sources): Loaded<Config> {
  const raw = readRawDocument(env, readFile);
  const { slack: _, ...content } = raw.content;
  return built(raw, { checked: checkDocument(CommandLineDocument, content, raw), forService: false }, (document) =>
    buildConfig(document, env),
  );
}

type Wanted<Output> = { readonly checked: Checked<Output>; readonly forService: boolean };

/** Of a file that could not be read only that is told: what seems to be missing may be in it. */
function built<Output, Result>(
  raw: RawDocument,
  { checked, forService }: Wanted<Output>,
  build: (document: Output) => Result,
): Loaded<Result> {
  const hasFile = raw.file !== "none";
  if (raw.file === "unreadable") return { kind: "invalid", problems: raw.problems, hasFile };
  const problems = [...raw.problems, ...checked.problems, ...crossCheck(raw, forService)];
  if (checked.document === undefined || problems.length > 0) return { kind: "invalid", problems, hasFile };
  return { kind: "ok", config: build(checked.document) };
}
