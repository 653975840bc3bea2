import type { Json } from "../../domain/json.ts";
import { maskSecrets } from "../../domain/mask-secrets.ts";
import type { ContainerTarget } from "../../domain/target.ts";
import type { Clock } from "../../ports/clock.ts";
import type { HttpCheck } from "../../ports/http-check.ts";
import type { MemoryHistory } from "../../ports/memory-history.ts";
import type { ContainerSession } from "./session.ts";

const HEALTH_TIMEOUT_MS = 4_000;
const HEALTH_OUTPUT_BYTES = 8_192;
const SHOWN_OUTPUT = 300;
const MAX_READINGS = 300;

/** How a container is asked whether it is well, as configured. */
export type HealthCheck = { readonly url?: string | undefined; readonly command?: readonly string[] | undefined };
export type HealthDeps = {
  readonly httpCheck?: HttpCheck | undefined;
  readonly healthOf?: ((target: ContainerTarget) => HealthCheck | undefined) | undefined;
};

/** What the container's health URL or command answers, where one is configured. */
export async function collectHealth({ host, id, target }: ContainerSession, { httpCheck, healthOf }: HealthDeps): Promise<Json> {
  const { url, command } = healthOf?.(target) ?? {};
  if (url !== undefined && httpCheck !== undefined) return { ...(await httpCheck(url, HEALTH_TIMEOUT_MS)), url: maskSecrets(url) };
  if (command === undefined || command.length === 0) return { kind: "not-configured" };
  const { exitCode, stdout, stderr } = await host.execute(id, command, { timeoutMs: HEALTH_TIMEOUT_MS, maxBytes: HEALTH_OUTPUT_BYTES });
  const output = maskSecrets(`${stdout}${stderr}`.trim()).slice(-SHOWN_OUTPUT);
  return { kind: "command", command: maskSecrets(command.join(" ")), exitCode, output };
}

export type HistoryDeps = { readonly history: MemoryHistory; readonly clock: Clock };

/** What the watch remembers of the time that is looked at, thinned out evenly, and what it makes of it. */
export async function collectHistory({ target, backMs }: ContainerSession, { history, clock }: HistoryDeps): Promise<Json> {
  const readings = await history.readings(target, clock.nowMs() - backMs);
  const step = Math.ceil(readings.length / MAX_READINGS);
  // Counted from the end, so that the newest is always kept.
  const kept = readings.filter((_each, at) => (readings.length - 1 - at) % step === 0);
  return { readings: kept.map(asJson), trend: await history.trend(target) };
}

function asJson({ atMs, usageBytes, limitBytes, startedAtMs }: Awaited<ReturnType<MemoryHistory["readings"]>>[number]): Json {
  return { atMs, usageBytes, limitBytes, startedAtMs };
}
