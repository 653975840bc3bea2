import { namesOf } from "../adapters/redis/names-of.ts";
import type { RedisConnectionSettings } from "../adapters/redis/settings.ts";
import type { Victim } from "../commands/find-victim.ts";
import { redisOf } from "../commands/redis-of.ts";
import type { Alert } from "../domain/alert.ts";
import { formatTarget } from "../domain/target.ts";
import type { TargetList } from "../ports/planner.ts";
import type { ExplainedAlert } from "./alert-result.ts";
import type { Explanation } from "./explain.ts";
import { rowsOf } from "./explain-alert.ts";

/** What of the configuration decides whom an alert about a Redis means. */
export type RedisKnown = {
  readonly connections: readonly RedisConnectionSettings[];
  /** The running Oomph looks there as well. */
  readonly hasClusters: boolean;
};

/**
 * Which configured Redis alerts mean, and log lines that are alerts where somebody posts them, by the rule of the running Oomph. Nobody is asked: what runs on Docker hosts and in
 * clusters is not looked up.
 */
export function withConfiguredRedis(explained: Explanation, { connections, hasClusters }: RedisKnown): Explanation {
  const { result, text, alerts: read = [] } = explained;
  if (connections.length === 0 || read.length === 0) return explained;
  const known = connections.map((one) => ({ target: { kind: "redis", name: one.name } as const, aliases: namesOf(one) }));
  const told = read.map((alert) => ({ alert, victim: victimOf(alert, { known, missing: [] }) }));
  const lines = told.flatMap(({ alert, victim }) => (victim === undefined ? [] : said(victim, { alert, hasClusters })));
  const rows = told.flatMap(({ alert, victim }) => rowsOf(alert).map((row) => ({ ...row, ...configuredBy(victim) })));
  return {
    ...explained,
    result: result.kind === "alert" ? { ...result, alerts: rows } : result,
    text: `${[text.trimEnd(), ...new Set(lines)].join("\n\n")}\n`,
  };
}

function victimOf(alert: Alert, list: TargetList): Victim | undefined {
  return alert.subject.about === "redis" && alert.memory !== "no" ? redisOf(list, alert) : undefined;
}

function configuredBy(victim: Victim | undefined): Pick<ExplainedAlert, "configured"> {
  return victim?.kind === "found" ? { configured: formatTarget(victim.target) } : {};
}

type Said = { readonly alert: Alert; readonly hasClusters: boolean };

function said(victim: Victim, { alert, hasClusters }: Said): string {
  if (victim.kind === "found") return victim.how ?? `That is ${formatTarget(victim.target)}, which is configured.`;
  if (victim.kind === "none") return "";
  if (alert.memory !== "yes" || alert.status === "resolved") return victim.because;
  const where = hasClusters ? "It is looked for in the configured clusters; where none has it, people" : "People";
  return `${victim.because} ${where} are asked, with ${victim.targets.map(formatTarget).join(", ")} to choose from.`;
}
