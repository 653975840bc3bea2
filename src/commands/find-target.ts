import { formatTarget, type Target } from "../domain/target.ts";
import type { Targets } from "../ports/planner.ts";
import { nearest } from "../domain/nearest.ts";

export type TargetFound =
  | { readonly kind: "found"; readonly target: Target }
  /** Several may be meant: somebody must choose. */
  | { readonly kind: "several"; readonly targets: readonly Target[] }
  | { readonly kind: "none"; readonly because: string; readonly nearest: readonly string[] };

/** Looks up what was typed among names and aliases. A name is never guessed: parts of names give a choice. */
export function findTarget(typed: string, targets: Targets): TargetFound {
  const whole = typed.trim().slice(0, 200);
  const byAlias = namedExactly(whole, targets);
  if (byAlias.length > 0) return chosen(byAlias);

  const [name = "", database, ...rest] = whole.replace(/^redis[/:](?!\/)/i, "").split("/");
  if (rest.length > 0 || name === "")
    return unknown(whole, targets, `expected \`redis/<name>\` or \`redis/<name>/<database>\`, got "${whole}"`);
  if (database !== undefined && !/^\d{1,5}$/.test(database))
    return unknown(name, targets, `expected a database number after "${name}/", got "${database}"`);

  const exact = namedExactly(name, targets);
  const found = exact.length > 0 ? exact : containing(name, targets);
  if (found.length === 0) return unknown(name, targets, `there is no target "${name}"`);
  const meant = database === undefined ? found : found.map((target) => ({ ...target, database: Number(database) }));
  return exact.length > 0 ? chosen(meant) : { kind: "several", targets: meant };
}

function chosen(found: readonly Target[]): TargetFound {
  const [only, ...others] = found;
  return only !== undefined && others.length === 0 ? { kind: "found", target: only } : { kind: "several", targets: found };
}

function namedExactly(name: string, targets: Targets): readonly Target[] {
  const wanted = name.toLowerCase();
  const byName = targets.all.filter((target) => target.name.toLowerCase() === wanted || formatTarget(target).toLowerCase() === wanted);
  if (byName.length > 0) return byName;
  return targets.all.filter((target) => targets.aliases(target).some((alias) => alias.toLowerCase() === wanted));
}

function containing(part: string, targets: Targets): readonly Target[] {
  const wanted = part.toLowerCase();
  if (wanted.length < 3) return [];
  return targets.all.filter((target) => [target.name, ...targets.aliases(target)].some((name) => name.toLowerCase().includes(wanted)));
}

function unknown(name: string, targets: Targets, because: string): TargetFound {
  const names = targets.all.flatMap((target) => [target.name, ...targets.aliases(target)]);
  const near = nearest(name, names).flatMap((close) => namedExactly(close, targets).map(formatTarget));
  const offered = near.length > 0 ? near : targets.all.slice(0, 5).map(formatTarget);
  return { kind: "none", because, nearest: [...new Set(offered)] };
}
