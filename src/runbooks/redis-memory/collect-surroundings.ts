import type { Json } from "../../domain/json.ts";
import type { HttpCheck } from "../../ports/http-check.ts";
import type { RedisSession } from "./session.ts";

const HEALTH_TIMEOUT_MS = 2_000;

/** What the configuration knows and the server cannot, and masters that did not answer. Asks nobody. */
export async function collectSurroundings({ connection, settings, database }: RedisSession): Promise<Json> {
  return {
    memoryLimitBytes: settings?.memoryLimitBytes,
    database,
    missing: connection.missing.map(({ address, because }) => ({ address, because })),
  };
}

/** What the health URL of the connection answers, where one is configured. */
export async function collectHealth({ settings }: RedisSession, httpCheck: HttpCheck): Promise<Json> {
  if (settings?.healthUrl === undefined) return { kind: "not-configured" };
  return httpCheck(settings.healthUrl, HEALTH_TIMEOUT_MS);
}
