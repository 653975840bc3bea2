import { messageOf } from "../../domain/errors.ts";
import { keepFresh } from "../../domain/keep-fresh.ts";
import { listMerger } from "../../domain/merge-lists.ts";
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
  const looks = hosts.names().map((name) => {
    const host = hosts.host(name);
    return keepFresh(() => listOf(host), { freshMs: FRESH_MS, patienceMs: PATIENCE_MS, late: late(host), clock });
  });
  const merged = listMerger<KnownTarget, TargetList["missing"][number]>();
  return {
    list: async (as) => merged(await Promise.all(looks.map((look) => look(as)))),
    kinds: () => (looks.length === 0 ? [] : ["docker"]),
    isConfigured: (target) => target.kind === "docker" && hosts.names().includes(target.connection),
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
