import { readFileSync } from "node:fs";
import { buildConfig, buildSlack, type Config, type ServiceConfig } from "./config/build.ts";
import { crossCheck } from "./config/cross-checks.ts";
import type { Environment, ReadFile } from "./config/environment.ts";
import { checkDocument } from "./config/read-schema.ts";
import type { Problem } from "./config/problem.ts";
import { readRawDocument } from "./config/raw-document.ts";
import { CommandLineDocument, Document } from "./config/schema.ts";

export type { Config, ServiceConfig } from "./config/build.ts";
export { formatProblem, type Problem } from "./config/problem.ts";

export type Sources = { readonly env: Environment; readonly readFile: ReadFile };

export type Loaded<Result> =
  | { readonly kind: "ok"; readonly config: Result }
  | { readonly kind: "invalid"; readonly problems: readonly Problem[] };

/** Environment and files of this process: the only place that reads process.env. */
export function processSources(): Sources {
  return { env: process.env, readFile: (path) => readFileSync(path, "utf8") };
}

/** Everything that the service needs, or every problem at once. */
export function loadConfig({ env, readFile }: Sources): Loaded<ServiceConfig> {
  const raw = readRawDocument(env, readFile);
  const checked = checkDocument(Document, raw.content, raw);
  const problems = [...raw.problems, ...checked.problems, ...crossCheck(raw, true)];
  if (checked.document === undefined || problems.length > 0) return { kind: "invalid", problems };
  const config = buildConfig(checked.document, env);
  const queue = { url: checked.document.queue.url ?? "" };
  return { kind: "ok", config: { ...config, queue, slack: buildSlack(checked.document) } };
}

/** What the command line needs: the same without Slack, whose settings are not looked at. */
export function loadCommandLineConfig({ env, readFile }: Sources): Loaded<Config> {
  const raw = readRawDocument(env, readFile);
  const { slack: _, ...content } = raw.content;
  const checked = checkDocument(CommandLineDocument, content, raw);
  const problems = [...raw.problems, ...checked.problems, ...crossCheck(raw, false)];
  if (checked.document === undefined || problems.length > 0) return { kind: "invalid", problems };
  return { kind: "ok", config: buildConfig(checked.document, env) };
}
