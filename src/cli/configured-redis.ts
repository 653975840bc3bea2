import { namesOf } from "../adapters/redis/names-of.ts";
import type { RedisConnectionSettings } from "../adapters/redis/settings.ts";
import { targetOfAlert } from "../commands/target-of-alert.ts";
import { formatTarget } from "../domain/target.ts";
import type { ExplainedAlert } from "./alert-result.ts";
import type { Explanation } from "./explain.ts";

/**
 * Which configured Redis alerts mean, found by the names in them as the running Oomph finds it. Nobody is asked: what runs on
 * Docker hosts and in clusters is not looked up.
 */
export function withConfiguredRedis({ result, text }: Explanation, connections: readonly RedisConnectionSettings[]): Explanation {
  if (result.kind !== "alert" || connections.length === 0) return { result, text };
  const alerts = result.alerts.map((alert) => ({ ...alert, ...meant(alert, connections) }));
  const known = connections.map(({ name }) => `redis/${name}`).join(", ");
  const lines = alerts
    .filter(({ target, memoryRelated }) => target.about === "redis" && memoryRelated !== false)
    .map(({ configured }) =>
      configured === undefined
        ? `None of its names is one of a configured Redis (${known}).`
        : `That is ${configured}, which is configured.`,
    );
  return { result: { ...result, alerts }, text: `${[text.trimEnd(), ...new Set(lines)].join("\n\n")}\n` };
}

function meant(
  { target: { about, names } }: ExplainedAlert,
  connections: readonly RedisConnectionSettings[],
): Pick<ExplainedAlert, "configured"> {
  if (about !== "redis") return {};
  const known = connections.map((one) => ({ target: { kind: "redis", name: one.name } as const, aliases: namesOf(one) }));
  const [only, ...others] = known;
  if (names.length === 0 && only !== undefined && others.length === 0) return { configured: formatTarget(only.target) };
  const found = targetOfAlert(names, { known, missing: [] });
  return found.kind === "found" ? { configured: formatTarget(found.target) } : {};
}
