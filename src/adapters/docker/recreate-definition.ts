import { canonicalJson, type Json } from "../../domain/json.ts";
import type { ContainerDefinition } from "../../ports/container-acts.ts";
import { toJson, type Endpoint, type Inspected, type InspectedImage, type MountPoint } from "./recreate-schema.ts";

// What is told elsewhere in the fields, in one form for containers that say it in different ways.
const SAID_ELSEWHERE = new Set(["Hostname", "Image", "Env"]);
const SAID_BY_MOUNTS = new Set(["Binds", "Mounts", "Links", "ContainerIDFile"]);
// Nothing hidden is not the same as the usual hidden: here an empty list says something.
const EMPTY_SAYS_SOMETHING = new Set(["HostConfig.MaskedPaths", "HostConfig.ReadonlyPaths"]);

/** What makes a container what it is, out of what inspecting it and its image told. Pure. */
export function definitionOf(inspected: Inspected, image: InspectedImage | undefined): ContainerDefinition {
  const { Config, HostConfig, NetworkSettings } = inspected;
  const environment = environmentOf(Config.Env ?? []);
  const networks = Object.values(NetworkSettings.Networks ?? {});
  return {
    id: inspected.Id,
    name: nameOf(inspected),
    imageId: inspected.Image,
    image: Config.Image,
    fields: fieldsOf(inspected, environment),
    environment,
    hasImage: image !== undefined,
    imageEnvironment: Object.keys(environmentOf(image?.Config?.Env ?? [])),
    labels: Config.Labels ?? {},
    restartPolicy: { name: HostConfig.RestartPolicy.Name || "no", maximumRetryCount: HostConfig.RestartPolicy.MaximumRetryCount },
    autoRemove: HostConfig.AutoRemove,
    memory: { memoryBytes: HostConfig.Memory, memorySwapBytes: HostConfig.MemorySwap },
    memoryReservationBytes: HostConfig.MemoryReservation,
    randomPorts: randomPorts(inspected),
    hostPorts: portsOfHost(inspected),
    addresses: networks.flatMap((one) => [one.IPAddress, one.GlobalIPv6Address]).filter((address) => address !== ""),
    gateways: networks.flatMap((one) => [one.Gateway, one.IPv6Gateway]).filter((address) => address !== ""),
    aliases: [...new Set(networks.flatMap((one) => one.Aliases ?? []))],
    hostname: Config.Hostname,
    stopTimeoutMs: (Config.StopTimeout ?? 10) * 1000,
  };
}

/** Without the slash that Docker puts before it. */
export function nameOf({ Name }: Pick<Inspected, "Name">): string {
  return Name.replace(/^\//, "");
}

/** `NAME=value` as the process gets it: the last of a name holds, and a name without a value takes the variable away. */
export function environmentOf(list: readonly string[]): Readonly<Record<string, string>> {
  const values = new Map<string, string>();
  for (const entry of list) {
    const at = entry.indexOf("=");
    if (at > 0) values.set(entry.slice(0, at), entry.slice(at + 1));
    else values.delete(entry);
  }
  return Object.fromEntries(values);
}

/** Does it have a hostname of its own, rather than the beginning of its id, or that of what it joins? */
export function keepsHostname({ Id, Config, HostConfig }: Inspected): boolean {
  if (HostConfig.NetworkMode.startsWith("container:") || HostConfig.UTSMode === "host") return false;
  return Config.Hostname !== "" && !Id.startsWith(Config.Hostname);
}

/** The names that it was given in a network; Docker adds the beginning of its id. */
export function givenAliases({ Aliases }: Endpoint, id: string): readonly string[] {
  return (Aliases ?? []).filter((alias) => alias !== id.slice(0, 12));
}

/**
 * A MAC address that may have been given: it is not made out of the IP address, as Docker does on bridges up to 27. From 28 on
 * what it makes cannot be told from what was given, and is kept.
 */
export function givenMac({ MacAddress, IPAddress }: Endpoint): string | undefined {
  if (MacAddress === "") return undefined;
  const made = `02:42:${IPAddress.split(".")
    .map((part) => Number(part).toString(16).padStart(2, "0"))
    .join(":")}`;
  return MacAddress.toLowerCase() === made ? undefined : MacAddress;
}

/** `/db:/app/alias` and `db:alias` → `db:alias`. */
export function linkOf(link: string): string {
  const [target = "", alias = ""] = link.split(":");
  return `${target.replace(/^\//, "")}:${alias.split("/").at(-1) ?? ""}`;
}

/** Volumes that Docker made without a name of their own are called by 64 hex digits. */
export function isAnonymous(volume: string | undefined): boolean {
  return volume !== undefined && /^[0-9a-f]{64}$/.test(volume);
}

function fieldsOf(inspected: Inspected, environment: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const { Id, Config, HostConfig, Mounts, NetworkSettings } = inspected;
  const fields = new Map<string, string>();
  const add = (path: string, value: Json | undefined): void => flatten(path, value ?? null, fields);
  add("Image", inspected.Image);
  if (keepsHostname(inspected)) add("Config.Hostname", Config.Hostname);
  for (const [name, value] of Object.entries(Config)) if (!SAID_ELSEWHERE.has(name)) add(`Config.${name}`, toJson(value));
  for (const [name, value] of Object.entries(HostConfig)) if (!SAID_BY_MOUNTS.has(name)) add(`HostConfig.${name}`, toJson(value));
  for (const [name, value] of Object.entries(environment)) fields.set(`Env.${name}`, canonicalJson(value));
  add("HostConfig.Links", (HostConfig.Links ?? []).map(linkOf).toSorted());
  for (const bind of HostConfig.Binds ?? []) if (!isAnonymous(bind.split(":")[0])) add(`Binds.${bind.split(":")[1] ?? bind}`, bind);
  for (const mount of HostConfig.Mounts ?? []) add(`MountOptions.${mount.Target}`, toJson(withoutAnonymous(mount)));
  for (const mount of Mounts) add(`Mounts.${mount.Destination}`, mounted(mount));
  for (const [name, endpoint] of Object.entries(NetworkSettings.Networks ?? {})) {
    fields.set(`Networks.${name}`, canonicalJson(connected(endpoint, Id)));
  }
  return Object.fromEntries(fields);
}

function withoutAnonymous<Mount extends { readonly Source?: string | undefined }>(mount: Mount): Mount {
  return isAnonymous(mount.Source) ? { ...mount, Source: undefined } : mount;
}

function mounted({ Type, Name, Driver, Source, RW, Propagation }: MountPoint): Json {
  const from = Type === "volume" ? { from: Name ?? Source, driver: Driver ?? "" } : { from: Source };
  return { type: Type, ...from, writable: RW, propagation: Propagation };
}

function connected(endpoint: Endpoint, id: string): Json {
  return {
    aliases: givenAliases(endpoint, id).toSorted(),
    address: endpoint.IPAMConfig ?? null,
    links: (endpoint.Links ?? []).map(linkOf).toSorted(),
    options: endpoint.DriverOpts ?? {},
    priority: endpoint.GwPriority ?? 0,
  };
}

function flatten(path: string, value: Json, fields: Map<string, string>): void {
  if (isNothing(value) && !(EMPTY_SAYS_SOMETHING.has(path) && value !== null)) return;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    fields.set(path, canonicalJson(value));
    return;
  }
  for (const [name, member] of Object.entries(value)) flatten(`${path}.${name}`, member ?? null, fields);
}

function isNothing(value: Json): boolean {
  if (value === null || value === "") return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

function randomPorts({ HostConfig, NetworkSettings }: Inspected): readonly string[] {
  const now = (port: string): string => {
    const bound = NetworkSettings.Ports?.[port]?.[0]?.HostPort;
    return bound === undefined || bound === "" ? port : `${port} (now ${bound})`;
  };
  if (HostConfig.PublishAllPorts) return Object.keys(NetworkSettings.Ports ?? {}).map(now);
  return Object.entries(HostConfig.PortBindings ?? {})
    .filter(([, bindings]) => (bindings ?? []).some(({ HostPort }) => HostPort === "" || HostPort === "0" || HostPort.includes("-")))
    .map(([port]) => now(port));
}

function portsOfHost({ Config, HostConfig, NetworkSettings }: Inspected): readonly number[] {
  const bindings = [...Object.values(NetworkSettings.Ports ?? {}), ...Object.values(HostConfig.PortBindings ?? {})];
  const bound = bindings.flatMap((some) => some ?? []).map(({ HostPort }) => Number(HostPort));
  // `5432/tcp`: nothing is bound in the host's network, where a port is the host's.
  const own = HostConfig.NetworkMode === "host" ? Object.keys(Config.ExposedPorts ?? {}).map((port) => Number.parseInt(port, 10)) : [];
  return [...new Set([...bound, ...own])].filter((port) => port > 0);
}
