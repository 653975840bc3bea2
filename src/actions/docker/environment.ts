import { isMasked, maskVariable } from "../../domain/mask-secrets.ts";
import type { ContainerDefinition } from "../../ports/container-acts.ts";
import type { Row } from "../effect.ts";

export type Wanted = { readonly set: Readonly<Record<string, string>>; readonly unset: readonly string[] };

/** Names of variables that hold secrets by their names or by what is in them. */
export function secretsAmong(set: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(set).flatMap(([name, value]) => (isMasked(maskVariable(name, value)) ? [name] : []));
}

/** Names of variables that are not as they were wanted. */
export function notAsWanted({ environment }: Pick<ContainerDefinition, "environment">, { set, unset }: Wanted): readonly string[] {
  const otherwise = Object.entries(set).filter(([name, value]) => environment[name] !== value);
  return [...otherwise.map(([name]) => name), ...unset.filter((name) => name in environment)];
}

/** One line for all variables: which were set is in the plan, with their values. */
export function environmentRow(wrong: readonly string[], { set, unset }: Wanted): Row {
  const names = [...Object.keys(set), ...unset];
  return {
    what: "Environment",
    before: "-",
    after: wrong.length === 0 ? `${names.join(", ")} as approved` : `${wrong.join(", ")} not as approved`,
    ok: wrong.length === 0,
  };
}
