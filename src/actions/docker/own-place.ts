import type { ContainerDefinition, OwnPlace } from "../../ports/container-acts.ts";
import type { ContainerFacts, HostFacts } from "../../ports/containers.ts";

type Looked = { readonly facts: ContainerFacts; readonly definition: ContainerDefinition; readonly hostFacts: HostFacts };

/** What of Oomph a container is, as a clause; undefined: none of it, as far as can be told. Pure. */
export function belongsToOomph(own: OwnPlace, looked: Looked): string | undefined {
  const { facts, definition } = looked;
  const isOwn = own.containerIds.some((id) => id.length >= 12 && facts.id.startsWith(id));
  // A container's hostname is the beginning of its id, unless it was given another.
  const hasOwnId = /^[0-9a-f]{12}$/.test(own.hostname) && facts.id.startsWith(own.hostname);
  if (isOwn || hasOwnId) return "the container that Oomph itself runs in";
  const server = own.servers.find((one) => leadsTo(one, own, looked));
  if (server === undefined) return undefined;
  const what = server.what === "queue" ? "the Redis of Oomph's own queue" : "the database of Oomph's own records";
  return `${what} (${server.host}:${server.port}, ${definition.name})`;
}

function leadsTo({ host, port, addresses }: OwnPlace["servers"][number], own: OwnPlace, { facts, definition, hostFacts }: Looked): boolean {
  const isThisMachine = own.hostname === hostFacts.hostname;
  const isHere = [host, ...addresses].some((address) => /^(127\.|::1$|localhost$)/.test(address) || own.addresses.includes(address));
  // From within a container its host is the gateway.
  const isItsHost = (isThisMachine && isHere) || addresses.some((address) => definition.gateways.includes(address));
  if (isItsHost && definition.hostPorts.includes(port)) return true;
  const names = [definition.name, definition.hostname, ...definition.aliases, facts.labels["com.docker.compose.service"]];
  // Two Docker hosts have the same private addresses: one alone proves nothing, unless it was configured as an address.
  const isNamed = names.includes(host);
  const hasAddress = addresses.some((address) => definition.addresses.includes(address));
  return addresses.length === 0 ? isNamed : hasAddress && (isNamed || addresses.includes(host));
}
