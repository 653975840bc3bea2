import { formatBytes } from "../bytes.ts";
import type { LeakTrend, Trend } from "../memory.ts";

/** What the same program does elsewhere. `says` is a sentence. */
export type ReplicaComparison = {
  /** `alone` speaks for something special to one replica (its traffic, its tenant, its host), `all` for the program itself. */
  readonly kind: "none" | "alone" | "some" | "all" | "no-others";
  readonly leaking: readonly string[];
  readonly says: string;
};

export type Replica = { readonly name: string; readonly trend: Trend };

/** Compares replicas of one service. Those whose readings say nothing yet do not count as others. */
export function compareReplicas(replicas: readonly Replica[]): ReplicaComparison {
  const known = replicas.filter(({ trend }) => trend.kind !== "undetermined");
  const leaking = known.flatMap(({ name, trend }) => (trend.kind === "leak" ? [{ name, trend }] : []));
  const names = leaking.map(({ name }) => name);
  const count = `${leaking.length} of ${known.length} replicas`;
  if (known.length < 2) return { kind: "no-others", leaking: names, says: "There is no other replica to compare it with." };
  if (leaking.length === 0) return { kind: "none", leaking: names, says: `None of ${known.length} replicas leaks.` };
  if (leaking.length === 1) {
    const says = `Only ${names[0] ?? ""} of ${known.length} replicas leaks: look for what is special to it, such as its traffic or its host.`;
    return { kind: "alone", leaking: names, says };
  }
  const paces = leaking.map(({ trend }) => trend.bytesPerHour);
  const pace = `${formatBytes(Math.round(Math.min(...paces)))} to ${formatBytes(Math.round(Math.max(...paces)))} an hour`;
  if (leaking.length === known.length) {
    return { kind: "all", leaking: names, says: `All ${known.length} replicas leak, ${pace}: it is the program, or what they share.` };
  }
  return { kind: "some", leaking: names, says: `${count} leak, ${pace}: compare their traffic and versions with the others'.` };
}

/** Surer where others leak as well; a leak seen in one of several is as likely a matter of its load. */
export function confidenceBeside(trend: LeakTrend, comparison: ReplicaComparison): number {
  if (comparison.kind === "all" || comparison.kind === "some") return Math.min(0.95, trend.confidence + 0.1);
  return comparison.kind === "alone" ? trend.confidence - 0.1 : trend.confidence;
}
