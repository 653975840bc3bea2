import { settingsOf, type Setting } from "./outline-schema.ts";
import { knownKeys, show, type Problem } from "./problem.ts";
import { Document } from "./schema.ts";
import { isAbsent } from "./setting-schema.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Throws when the file cannot be read. */
export type ReadFile = (path: string) => string;

/** A setting that a variable gives. */
export type Given = { readonly path: readonly string[]; readonly value: string; readonly key: string };

/** Read by others than the configuration: where the file is, and the tests' own. */
const OTHER_VARIABLES = /^OOMPH_(CONFIG|TEST_[A-Z_]+)$/;

/**
 * What Kubernetes puts into every pod beside a Service named `oomph` (or `oomph-...`, `oomph_...`): nobody has set these.
 * `<NAME>_SERVICE_HOST`, `<NAME>_SERVICE_PORT[_<PORT NAME>]`, and addresses with their parts: `<NAME>_PORT`,
 * `<NAME>_PORT_<n>_TCP[_ADDR]`. Source: the Kubernetes documentation on Services, environment variables.
 */
const OF_A_SERVICE = /^OOMPH_([A-Z0-9_]+_)?(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$/;
const SERVICE_ADDRESS = /^(tcp|udp|sctp):\/\//;

/** A problem with the setting at a path, so that nothing more need be said about that setting. */
export type Located = { readonly path: readonly (string | number)[]; readonly problem: Problem };

/** Settings from the environment; a secret may be given as the path of a file in `<NAME>_FILE`. */
export function readEnvironment(
  env: Environment,
  readFile: ReadFile,
): { readonly given: readonly Given[]; readonly broken: readonly Located[]; readonly problems: readonly Problem[] } {
  const broken: Located[] = [];
  const given: Given[] = [];
  const settings = settingsOf(Document).filter(({ doc }) => doc.env !== undefined);
  for (const { path, doc } of settings) {
    const name = doc.env ?? "";
    const fileName = `${name}_FILE`;
    const value = env[name];
    const file = doc.secret === true ? env[fileName] : undefined;
    if (!isAbsent(value) && !isAbsent(file)) {
      broken.push({ path, problem: { key: fileName, expected: `either ${name} or ${fileName}`, received: "both" } });
    } else if (value !== undefined && !isAbsent(value)) {
      given.push({ path, value, key: name });
    } else if (file !== undefined && !isAbsent(file)) {
      const read = readSecret(file, readFile);
      if (read.kind === "read") given.push({ path, value: read.text, key: fileName });
      else broken.push({ path, problem: { key: fileName, ...read.problem } });
    }
  }
  return { given, broken, problems: unknownVariables(env, settings) };
}

/** The content of a file that holds one secret, without the newline at its end. */
export function readSecret(
  file: string,
  readFile: ReadFile,
): { readonly kind: "read"; readonly text: string } | { readonly kind: "unreadable"; readonly problem: Omit<Problem, "key"> } {
  const expected = "the path of a file that holds the secret and can be read";
  try {
    const text = readFile(file).trim();
    return text === ""
      ? { kind: "unreadable", problem: { expected, received: `an empty file, ${show(file, false)}` } }
      : { kind: "read", text };
  } catch (error) {
    const why = error instanceof Error && "code" in error ? String(error.code) : "it cannot be read";
    return { kind: "unreadable", problem: { expected, received: `${show(file, false)} (${why})` } };
  }
}

function unknownVariables(env: Environment, settings: readonly Setting[]): readonly Problem[] {
  const known = settings.flatMap(({ doc }) => (doc.secret === true ? [doc.env ?? "", `${doc.env}_FILE`] : [doc.env ?? ""]));
  return Object.keys(env)
    .filter((name) => name.startsWith("OOMPH_") && !known.includes(name) && !OTHER_VARIABLES.test(name))
    .filter((name) => !isOfAService(name, env[name] ?? ""))
    .map((name) => ({
      key: name,
      expected: knownKeys(name, ["OOMPH_CONFIG", ...known.filter((one) => one.startsWith("OOMPH_"))]),
      received: "a name that Oomph does not know",
    }));
}

/** `OOMPH_PORT=8080` may be a person's mistake; `OOMPH_PORT=tcp://10.96.0.7:80` is not. */
function isOfAService(name: string, value: string): boolean {
  return OF_A_SERVICE.test(name) || (name.endsWith("_PORT") && SERVICE_ADDRESS.test(value));
}
