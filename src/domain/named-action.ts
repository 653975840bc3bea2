import { nearest } from "./nearest.ts";
import type { ActionDoc } from "./plan.ts";
import type { TargetKind } from "./target.ts";

export type ActionNamed =
  | { readonly kind: "found"; readonly id: string }
  /** A short name that actions for several kinds of targets have. */
  | { readonly kind: "several"; readonly ids: readonly string[] }
  /** Empty: nothing is like it. */
  | { readonly kind: "none"; readonly nearest: readonly string[] };

// Shorter parts of names are in too many of them.
const SHORTEST_PART = 3;

/** `flush-db` is enough for `redis.flush-db`; what several kinds of targets have is told by the target. */
export function actionNamed(typed: string, actions: readonly Pick<ActionDoc, "id" | "targetKind">[], kind?: TargetKind): ActionNamed {
  const wanted = typed.trim().toLowerCase();
  const named = actions.filter(({ id }) => id === wanted || shortName(id) === wanted);
  const fitting = named.length > 1 && kind !== undefined ? named.filter(({ targetKind }) => targetKind === kind) : named;
  const [only, ...others] = fitting;
  if (only !== undefined && others.length === 0) return { kind: "found", id: only.id };
  if (named.length > 0) return { kind: "several", ids: named.map(({ id }) => id) };
  const ids = actions.map(({ id }) => id);
  const partly = wanted.length < SHORTEST_PART ? [] : ids.filter((id) => id.includes(wanted));
  // Without what all actions for a kind of target begin with: that is no likeness.
  const short = nearest(shortName(wanted), ids.map(shortName));
  return { kind: "none", nearest: [...new Set([...partly, ...ids.filter((id) => short.includes(shortName(id)))])] };
}

function shortName(id: string): string {
  return id.slice(id.indexOf(".") + 1);
}
