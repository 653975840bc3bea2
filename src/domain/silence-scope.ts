import { PROBLEMS, type Problem } from "./incident.ts";
import { fitsPattern } from "./name-pattern.ts";
import { SEVERITY_WORDS, severityOf } from "./severity-words.ts";
import type { Silence, Silenced } from "./silence.ts";

/*
 * How far silences reach, told from their own words: which takes in another, and which take in what nobody has named.
 */

/** Is everything that the second covers covered by the first as well? False where only the alerts can tell. */
export function takesIn(over: Silenced, what: Silenced): boolean {
  switch (over.kind) {
    case "target":
      if (what.kind !== "target" || !fitsPattern(over.pattern, what.pattern)) return false;
      return over.problem === undefined || over.problem === what.problem;
    case "problem":
      return problemsOf(what).length > 0 && problemsOf(what).every((problem) => problem === over.problem);
    case "label":
      return what.kind === "label" && what.name.toLowerCase() === over.name.toLowerCase() && takesInValue(over, what.pattern);
    case "channel":
      return what.kind === "channel" && what.channel === over.channel;
    case "storm":
      return what.kind === "storm" && what.stormId === over.stormId;
  }
}

/** Does it keep quiet what the other would let be told: after its end, or kills? */
export function outlasts(one: Silence, other: Silence): boolean {
  if (one.kills && !other.kills) return true;
  if (one.untilMs === undefined || other.untilMs === undefined) return one.untilMs !== other.untilMs;
  return one.untilMs > other.untilMs;
}

/** Does it cover trouble that nobody has named: a kind of target or of trouble, a channel, a sender, all that is critical? */
export function isBroad(what: Silenced): boolean {
  switch (what.kind) {
    case "problem":
    case "channel":
      return true;
    case "target":
      return /^(?:[\w.-]+:)?(?:[a-z]+\/)?\*$/.test(what.pattern);
    case "label":
      return what.pattern === "*" || ["class", "source"].includes(what.name.toLowerCase()) || isCritical(what);
    case "storm":
      return false;
  }
}

type Label = Extract<Silenced, { readonly kind: "label" }>;

function isCritical({ name, pattern }: Label): boolean {
  if (name.toLowerCase() !== "severity") return false;
  return [...SEVERITY_WORDS].some(([word, severity]) => severity === "critical" && fitsPattern(pattern.toLowerCase(), word));
}

function takesInValue(over: Label, pattern: string): boolean {
  if (fitsPattern(over.pattern.toLowerCase(), pattern.toLowerCase())) return true;
  const severity = over.name.toLowerCase() === "severity" ? severityOf(over.pattern) : null;
  return severity !== null && severity === severityOf(pattern);
}

const PROBLEM_OF: Readonly<Record<string, Problem>> = { redis: "redis-memory", docker: "container-memory", node: "node-memory" };

/** What can be wrong with what it covers; none: nobody can tell. */
function problemsOf(what: Silenced): readonly Problem[] {
  if (what.kind === "problem") return [what.problem];
  if (what.kind !== "target") return [];
  if (what.problem !== undefined) return [what.problem];
  const kind = /^(?:[\w.-]+:)?([a-z]+)\//.exec(what.pattern)?.[1];
  if (kind === undefined) return [];
  const only = PROBLEM_OF[kind];
  return only === undefined ? PROBLEMS.filter((problem) => problem.startsWith("workload-")) : [only];
}
