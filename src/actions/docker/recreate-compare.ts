import { createHash } from "node:crypto";
import { canonicalJson } from "../../domain/json.ts";
import { maskSecrets } from "../../domain/mask-secrets.ts";
import type { ContainerDefinition, Recipe } from "../../ports/container-acts.ts";
import { shown } from "../words.ts";

/** What a container made by a recipe differs in from what it should be, one clause each. No value of the environment is in them. Pure. */
export function unexpectedDifferences(before: ContainerDefinition, recipe: Recipe, after: ContainerDefinition): readonly string[] {
  const expected = expectedFields(before, recipe);
  const paths = [...new Set([...Object.keys(expected), ...Object.keys(after.fields)])].toSorted();
  return paths
    .filter((path) => expected[path] !== after.fields[path] && !isNoSwap(path, recipe, after))
    .map((path) => describe(path, expected[path], after.fields[path]));
}

/** SHA-256 of what could be changed on a container without it becoming another: all but its environment. */
export function digestOfRest({ fields }: Pick<ContainerDefinition, "fields">): string {
  const rest = Object.fromEntries(Object.entries(fields).filter(([path]) => !path.startsWith("Env.")));
  return createHash("sha256").update(canonicalJson(rest)).digest("hex");
}

function expectedFields({ fields }: ContainerDefinition, { labels, set, unset, memory }: Recipe): Readonly<Record<string, string>> {
  const gone = new Set(unset.map((name) => `Env.${name}`));
  return {
    ...Object.fromEntries(Object.entries(fields).filter(([path]) => !gone.has(path))),
    ...Object.fromEntries(Object.entries(labels).map(([name, value]) => [`Config.Labels.${name}`, canonicalJson(value)])),
    ...Object.fromEntries(Object.entries(set).map(([name, value]) => [`Env.${name}`, canonicalJson(value)])),
    ...(memory === undefined
      ? {}
      : {
          "HostConfig.Memory": canonicalJson(memory.memoryBytes),
          "HostConfig.MemorySwap": canonicalJson(memory.memorySwapBytes),
        }),
  };
}

/** Where the kernel cannot limit swap, Docker writes down that it is not limited. */
function isNoSwap(path: string, { memory }: Recipe, after: ContainerDefinition): boolean {
  return path === "HostConfig.MemorySwap" && memory !== undefined && after.memory.memorySwapBytes <= 0;
}

function describe(path: string, expected: string | undefined, got: string | undefined): string {
  const name = shown(path);
  if (path.startsWith("Env.") || path.startsWith("Config.Labels.")) return `${name} is ${got === undefined ? "missing" : "another"}`;
  const word = (value: string | undefined): string => (value === undefined ? "not set" : shown(maskSecrets(value)));
  return `${name} is ${word(got)} instead of ${word(expected)}`;
}
