import { isConnectionName, NAME, treeAt } from "./name-checks.ts";
import type { Problem } from "./problem.ts";
import type { RawDocument } from "./raw-document.ts";
import { isAbsent } from "./setting-schema.ts";
import { isTree, type Tree } from "./yaml-file.ts";

const LEAST_CHARACTERS = 16;

/** Secrets that can be guessed, and names that cannot stand in an address. */
export function webhookChecks(raw: RawDocument): readonly Problem[] {
  const webhooks = treeAt(raw.content, "webhooks");
  const secrets = Object.keys(webhooks).filter((key) => key.endsWith("Secret"));
  return [
    ...secrets.flatMap((key) => shortSecret(raw, webhooks, ["webhooks", key])),
    ...Object.entries(treeAt(webhooks, "generic")).flatMap(([name, section]) => genericProblems(raw, name, section)),
  ];
}

function genericProblems(raw: RawDocument, name: string, section: unknown): readonly Problem[] {
  const path = ["webhooks", "generic", name];
  const named = isConnectionName(name) ? [] : [{ key: raw.keyOf(path), expected: NAME, received: JSON.stringify(name) }];
  if (!isTree(section)) return named;
  return [...named, ...shortSecret(raw, section, [...path, "secret"]), ...wordsOfNothing(raw, section, path)];
}

/** What words mean that are read from nowhere. */
function wordsOfNothing(raw: RawDocument, section: Tree, path: readonly string[]): readonly Problem[] {
  return ["status", "severity"]
    .filter((key) => isAbsent(section[key]) && !isAbsent(section[`${key}Words`]))
    .map((key) => ({
      key: raw.keyOf([...path, key]),
      expected: `a path, because ${key}Words says what its values mean`,
      received: "nothing",
    }));
}

function shortSecret(raw: RawDocument, section: Tree, path: readonly string[]): readonly Problem[] {
  const secret = section[path.at(-1) ?? ""];
  if (isAbsent(secret) || raw.isBroken(path) || String(secret).length >= LEAST_CHARACTERS) return [];
  const received = `a value of ${String(secret).length} characters (not shown)`;
  return [{ key: raw.keyOf(path), expected: `a secret of at least ${LEAST_CHARACTERS} characters`, received }];
}
