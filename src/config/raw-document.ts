import { dirname, isAbsolute, join } from "node:path";
import { readEnvironment, readSecret, type Environment, type Given, type Located, type ReadFile } from "./environment.ts";
import { schemaAt, secretKeysOf, type Path } from "./outline-schema.ts";
import { resolvePaths } from "./paths-in-file.ts";
import type { Problem } from "./problem.ts";
import { Document } from "./schema.ts";
import { isAbsent } from "./setting-schema.ts";
import { isTree, readYaml, type Tree, type YamlFile } from "./yaml-file.ts";

/** File and environment laid over one another, not yet checked. */
export type RawDocument = {
  readonly content: Tree;
  /** What could not even be read. */
  readonly problems: readonly Problem[];
  /** Whether there is a file, and it could be read; of one that could not, nothing can be said about what is in it. */
  readonly file: "read" | "unreadable" | "none";
  /** Has it been said that this setting could not be read? */
  isBroken(path: Path): boolean;
  /** Where to mend what stands at a place: a variable's name, or file, line and path. */
  keyOf(path: Path): string;
};

const DEFAULT_FILE = "oomph.yaml";

/** Reads oomph.yaml (or the file named by OOMPH_CONFIG) where there is one, and lays the environment over it. */
export function readRawDocument(env: Environment, readFile: ReadFile): RawDocument {
  const file = openFile(env["OOMPH_CONFIG"], readFile);
  const environment = readEnvironment(env, readFile);
  const { given } = environment;
  const content = withEverySection(file.yaml?.content ?? {});
  const keyOf = (path: Path): string => nameOf(path, { given, yaml: file.yaml });
  resolvePaths(content, file.folder);
  const nearFile: ReadFile = (path) => readFile(isAbsolute(path) ? path : join(file.folder, path));
  const broken = [...environment.broken, ...resolveSecretFiles(content, [], { readFile: nearFile, keyOf })];
  for (const { path, value } of given) put(content, path, value);
  const inFile = [...file.problems, ...(file.yaml?.problems ?? [])];
  const there = file.yaml === undefined ? "none" : "read";
  return {
    content,
    problems: [...inFile, ...environment.problems, ...broken.map(({ problem }) => problem)],
    file: inFile.length > 0 ? "unreadable" : there,
    isBroken: (path) => broken.some((one) => samePath(one.path, path)),
    keyOf,
  };
}

type Opened = { readonly yaml?: YamlFile; readonly folder: string; readonly problems: readonly Problem[] };

function openFile(named: string | undefined, readFile: ReadFile): Opened {
  const path = isAbsent(named) ? DEFAULT_FILE : (named ?? DEFAULT_FILE);
  const folder = dirname(path);
  try {
    return { yaml: readYaml(path, readFile(path)), folder, problems: [] };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
    if (isAbsent(named) && code === "ENOENT") return { folder, problems: [] }; // the file is optional unless it is named
    const key = isAbsent(named) ? DEFAULT_FILE : "OOMPH_CONFIG";
    return { folder, problems: [{ key, expected: "the path of a configuration file that can be read", received: `"${path}" (${code})` }] };
  }
}

function withEverySection(content: Tree): Tree {
  const sections = Object.keys(Document.shape).map((name) => [name, isAbsent(content[name]) ? {} : content[name]] as const);
  return { ...content, ...Object.fromEntries(sections) };
}

type Surroundings = { readonly readFile: ReadFile; keyOf(path: Path): string };

/** `passwordFile: /run/secrets/x` → `password: <its content>`, wherever the schema has a secret. Changes `tree`. */
function resolveSecretFiles(tree: Tree, path: Path, around: Surroundings): readonly Located[] {
  const schema = schemaAt(Document, path);
  const secrets = schema === undefined ? [] : secretKeysOf(schema);
  const own = secrets.flatMap((key) => {
    const keyInFile = around.keyOf([...path, `${key}File`]);
    return resolveOne(tree, key, around.readFile).map((problem) => ({ path: [...path, key], problem: { key: keyInFile, ...problem } }));
  });
  const inner = Object.entries(tree).flatMap(([key, value]) => (isTree(value) ? resolveSecretFiles(value, [...path, key], around) : []));
  return [...own, ...inner];
}

function resolveOne(tree: Tree, key: string, readFile: ReadFile): readonly Omit<Problem, "key">[] {
  const fileKey = `${key}File`;
  const file = tree[fileKey];
  if (isAbsent(file)) return [];
  delete tree[fileKey];
  if (!isAbsent(tree[key])) return [{ expected: `either ${key} or ${fileKey}`, received: "both" }];
  const read = readSecret(String(file), readFile);
  if (read.kind === "unreadable") return [read.problem];
  tree[key] = read.text;
  return [];
}

function put(tree: Tree, path: readonly string[], value: string): void {
  const [step = "", ...rest] = path;
  if (rest.length === 0) {
    tree[step] = value;
    return;
  }
  const inner = tree[step];
  if (isTree(inner)) put(inner, rest, value);
}

function nameOf(path: Path, { given, yaml }: { readonly given: readonly Given[]; readonly yaml: YamlFile | undefined }): string {
  const variable = given.find((one) => samePath(one.path, path));
  if (variable !== undefined) return variable.key;
  const dotted = path
    .map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`))
    .join("")
    .replace(/^\./, "");
  return yaml === undefined ? dotted : `${yaml.where(path)} ${dotted}`;
}

function samePath(left: Path, right: Path): boolean {
  return left.length === right.length && left.every((step, index) => step === right[index]);
}
