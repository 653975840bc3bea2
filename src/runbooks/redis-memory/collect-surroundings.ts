import type { Json } from "../../domain/json.ts";
import type { HttpCheck } from "../../ports/http-check.ts";
import type { RedisSession } from "./session.ts";

const HEALTH_TIMEOUT_MS = 2_000;

/** What the configuration or its cluster knows and the server cannot, and masters that did not answer. Asks nobody. */
export async function collectSurroundings({ connection, settings, database }: RedisSession): Promise<Json> {
  return {
    memoryLimitBytes: lower(settings?.memoryLimitBytes, connection.containerLimitBytes),
    database,
    missing: connection.missing.map(({ address, because }) => ({ address, because })),
  };
}

/** The lower one counts: the other is not reached. */
function lower(...limits: readonly (number | undefined)[]): number | undefined {
  const known = limits.filter((bytes) => bytes !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** What the health URL of the connection answers, where one is configured. */
export async function collectHealth({ settings }: RedisSession, httpCheck: HttpCheck): Promise<Json> {
  if (settings?.healthUrl === undefined) return { kind: "not-configured" };
  return httpCheck(settings.healthUrl, HEALTH_TIMEOUT_MS);
}
