import type { Alert } from "../domain/alert.ts";
import { formatTarget, type Target } from "../domain/target.ts";
import type { TargetList } from "../ports/planner.ts";
import type { Victim } from "./find-victim.ts";
import { targetOfAlert } from "./target-of-alert.ts";

/** Which configured Redis an alert about one means: by its names, by its words, or because there is no other. Pure. */
export function redisOf(all: TargetList, alert: Alert): Victim {
  const list = { ...all, known: all.known.filter(({ target }) => target.kind === "redis") };
  const { names, called } = alert.subject;
  const found = targetOfAlert(names, list);
  if (found.kind === "found") return found;
  const inWords = names.length === 0 ? targetOfAlert(besideRedis(alert), list) : found;
  if (inWords.kind === "found") return { ...inWords, how: `This names \`${formatTarget(inWords.target)}\` in its words, and in no label.` };
  const only = theOnlyOne(list, alert);
  if (only !== undefined) {
    const how = `This does not say which Redis it is about. \`${formatTarget(only)}\` is the only one that I know.`;
    return { kind: "found", target: only, how };
  }
  const named = called ?? names[0];
  const because =
    named === undefined
      ? "This is about the memory of a Redis, but the alert does not say which."
      : `This is about the memory of a Redis, but I do not know "${named.slice(0, 80)}".`;
  return found.targets.length === 0 ? { kind: "none" } : { kind: "several", targets: found.targets, because };
}

/** `Redis sessions memory usage 97%`: the words on both sides of that one may be a name. */
function besideRedis({ says, words = "" }: Alert): readonly string[] {
  const all = `${says} ${words}`.split(/[^\w.:-]+/);
  return all.flatMap((word, at) => (/^(?:redis|valkey)$/i.test(word) ? [all[at + 1], all[at - 1]] : [])).filter((one) => one !== undefined);
}

/** Where nothing is named there can be no doubt among one; a plain log line names who wrote it, not its Redis. */
function theOnlyOne({ known }: TargetList, { subject: { names, called, pod, owner }, source }: Alert): Target | undefined {
  if (called !== undefined || pod !== undefined || owner !== undefined) return undefined;
  const [only, ...others] = known;
  return others.length === 0 && (names.length === 0 || source === "text") ? only?.target : undefined;
}
