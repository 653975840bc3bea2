import { messageOf } from "../../domain/errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ContainerHost, ContainerHosts, ContainerSummary } from "../../ports/containers.ts";
import type { KnownTarget, TargetList, Targets } from "../../ports/planner.ts";

const FRESH_MS = 3000;
const PATIENCE_MS = 2000;
const SHORT_ID = 12;

/**
 * Every container of every configured host, as of a few seconds ago. A host that is slow or away is missing and keeps
 * nobody waiting twice: it is asked again when its last answer, or the last failure, is old.
 */
export function createContainerTargets(hosts: ContainerHosts, { clock }: { readonly clock: Clock }): Targets {
  const looks = hosts.names().map((name) => createLook(hosts.host(name), clock));
  return {
    async list(as) {
      const lists = await Promise.all(looks.map((look) => look(as)));
      return { known: lists.flatMap(({ known }) => known), missing: lists.flatMap(({ missing }) => missing) };
    },
    isConfigured: (target) => target.kind === "docker" && hosts.names().includes(target.connection),
  };
}

/** One host's list; who asks while it is being fetched gets the same one. */
function createLook(host: ContainerHost, clock: Clock): (as?: "anew") => Promise<TargetList> {
  let last: { readonly list: TargetList; readonly atMs: number } | undefined;
  let pending: { readonly list: Promise<TargetList>; readonly sinceMs: number } | undefined;

  async function fetchList(): Promise<TargetList> {
    const list = await listOf(host);
    last = { list, atMs: clock.nowMs() };
    pending = undefined;
    return list;
  }
  return async (as) => {
    const nowMs = clock.nowMs();
    const ageMs = last === undefined ? Number.POSITIVE_INFINITY : nowMs - last.atMs;
    if (as !== "anew" && last !== undefined && ageMs >= 0 && ageMs < FRESH_MS) return last.list;
    pending ??= { list: fetchList(), sinceMs: nowMs };
    const waitMs = PATIENCE_MS - (nowMs - pending.sinceMs);
    if (waitMs <= 0) return late(host);
    return within(pending.list, { waitMs, clock, otherwise: late(host) });
  };
}

async function listOf(host: ContainerHost): Promise<TargetList> {
  try {
    const containers = await host.list();
    return { known: containers.map((container) => knownOf(container, host.name)), missing: [] };
  } catch (error) {
    return { known: [], missing: [{ source: host.name, because: messageOf(error) }] };
  }
}

function late({ name }: ContainerHost): TargetList {
  const because = `Docker host ${name} did not list its containers within ${PATIENCE_MS / 1000} s.`;
  return { known: [], missing: [{ source: name, because }] };
}

function knownOf({ id, name, labels }: ContainerSummary, connection: string): KnownTarget {
  const project = labels["com.docker.compose.project"];
  const service = labels["com.docker.compose.service"];
  const swarmService = labels["com.docker.swarm.service.name"];
  const aliases = [
    id,
    id.slice(0, SHORT_ID),
    ...(service === undefined ? [] : [service]),
    ...(service === undefined || project === undefined ? [] : [`${project}/${service}`]),
    ...(swarmService === undefined ? [] : [swarmService]),
  ];
  return { target: { kind: "docker", connection, name }, aliases: aliases.filter((alias) => alias !== name) };
}

type Patience = { readonly waitMs: number; readonly clock: Clock; readonly otherwise: TargetList };

async function within(list: Promise<TargetList>, { waitMs, clock, otherwise }: Patience): Promise<TargetList> {
  const enough = new AbortController();
  const timer = clock.sleep(waitMs, enough.signal).then(
    () => otherwise,
    () => otherwise,
  );
  try {
    return await Promise.race([list, timer]);
  } finally {
    enough.abort();
  }
}
