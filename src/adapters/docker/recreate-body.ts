import type { Json } from "../../domain/json.ts";
import type { Recipe } from "../../ports/container-acts.ts";
import { environmentOf, givenAliases, givenMac, isAnonymous, keepsHostname, linkOf } from "./recreate-definition.ts";
import { toJson, type Endpoint, type Inspected, type InspectedImage } from "./recreate-schema.ts";

/** What is asked of a daemon to make a container like another one. */
export type Creation = {
  readonly body: Json;
  /** Networks beside the first: daemons before API 1.44 take one with the creation. */
  readonly connect: readonly { readonly network: string; readonly endpoint: Json }[];
  /** The network that creation brings and that the other one has left. */
  readonly disconnect: readonly string[];
};

/**
 * The body that makes a container like this one. What came with the image is left to the image, which is the same one:
 * it would otherwise be frozen as the container's own. Pure. `imageRef` is the image's id, or a name that means it now.
 */
export function creationLike(inspected: Inspected, image: InspectedImage, { recipe, imageRef }: Making): Creation {
  const { connect, disconnect, first } = networksOf(inspected);
  const body = {
    ...configOf(inspected, image, recipe),
    Image: imageRef,
    HostConfig: hostConfigOf(inspected, recipe),
    ...(first === undefined ? {} : { NetworkingConfig: { EndpointsConfig: first } }),
  };
  return { body: toJson(body), connect, disconnect };
}

export type Making = { readonly recipe: Recipe; readonly imageRef: string };

function configOf(inspected: Inspected, image: InspectedImage, recipe: Recipe): Readonly<Record<string, unknown>> {
  const { Hostname, Entrypoint, ...config } = inspected.Config;
  const fromImage = image.Config ?? {};
  // An entrypoint that was emptied on purpose: null would bring the image's back.
  const emptied = (Entrypoint ?? []).length === 0 && (fromImage.Entrypoint ?? []).length > 0;
  return {
    ...config,
    Entrypoint: emptied ? [""] : Entrypoint,
    ...(keepsHostname(inspected) ? { Hostname } : {}),
    Env: ownEnvironment(config.Env ?? [], fromImage.Env ?? [], recipe),
    Labels: { ...without(config.Labels, fromImage.Labels), ...recipe.labels },
    ExposedPorts: without(config.ExposedPorts, fromImage.ExposedPorts),
    Volumes: without(config.Volumes, fromImage.Volumes),
  };
}

/** Its own variables in their order, changed as the recipe says; `NAME` alone takes a variable of the image away. */
function ownEnvironment(list: readonly string[], ofImage: readonly string[], { set, unset }: Recipe): readonly string[] {
  const imageNames = environmentOf(ofImage);
  const gone = new Set(unset);
  const own = list.filter((entry) => !ofImage.includes(entry) && !gone.has(nameIn(entry)));
  const changed = own.map((entry) => (nameIn(entry) in set ? `${nameIn(entry)}=${set[nameIn(entry)] ?? ""}` : entry));
  const known = new Set(own.map(nameIn));
  const added = Object.entries(set).filter(([name]) => !known.has(name));
  return [...changed, ...added.map(([name, value]) => `${name}=${value}`), ...unset.filter((name) => name in imageNames)];
}

function nameIn(entry: string): string {
  const at = entry.indexOf("=");
  return at === -1 ? entry : entry.slice(0, at);
}

/** Members that the image does not have, or has otherwise. */
function without<Value>(
  own: Readonly<Record<string, Value>> | null | undefined,
  ofImage: Readonly<Record<string, Value>> | null | undefined,
): Readonly<Record<string, Value>> {
  const entries = Object.entries(own ?? {});
  return Object.fromEntries(entries.filter(([name, value]) => JSON.stringify(ofImage?.[name]) !== JSON.stringify(value)));
}

function hostConfigOf({ HostConfig, Mounts }: Inspected, { memory }: Recipe): Readonly<Record<string, unknown>> {
  const binds = HostConfig.Binds ?? [];
  const options = HostConfig.Mounts ?? [];
  const named = new Set([...binds.map((bind) => bind.split(":")[1] ?? ""), ...options.map(({ Target }) => Target)]);
  const volumeAt = new Map(
    Mounts.flatMap(({ Type, Name, Destination }) => (Type === "volume" && Name !== undefined ? [[Destination, Name]] : [])),
  );
  const nameless = Mounts.filter(({ Type, Name, Destination }) => Type === "volume" && isAnonymous(Name) && !named.has(Destination));
  return {
    ...HostConfig,
    Links: (HostConfig.Links ?? []).map(linkOf),
    // An anonymous volume stays the same one: it is asked for by its name.
    Binds: [...binds, ...nameless.map(({ Name, Destination, RW }) => `${Name}:${Destination}:${RW ? "" : "ro,"}nocopy`)],
    Mounts: options.map((mount) =>
      mount.Type === "volume" && (mount.Source ?? "") === "" ? { ...mount, Source: volumeAt.get(mount.Target) } : mount,
    ),
    ...(memory === undefined ? {} : { Memory: memory.memoryBytes, MemorySwap: memory.memorySwapBytes }),
  };
}

type Networks = Pick<Creation, "connect" | "disconnect"> & { readonly first: Readonly<Record<string, Json>> | undefined };

function networksOf({ Id, Config, HostConfig, NetworkSettings }: Inspected): Networks {
  const mode = HostConfig.NetworkMode;
  if (mode === "host" || mode === "none" || mode.startsWith("container:")) return { connect: [], disconnect: [], first: undefined };
  const wanted = mode === "default" ? "bridge" : mode;
  const all = Object.entries(NetworkSettings.Networks ?? {});
  const primary = all.find(([name, { NetworkID }]) => name === wanted || NetworkID === wanted);
  const connect = all
    .filter((one) => one !== primary)
    .map(([network, endpoint]) => ({
      network,
      endpoint: endpointOf(endpoint, { id: Id, mac: givenMac(endpoint) }),
    }));
  if (primary === undefined) return { connect, disconnect: [wanted], first: undefined };
  return { connect, disconnect: [], first: { [primary[0]]: endpointOf(primary[1], { id: Id, mac: Config.MacAddress || undefined }) } };
}

function endpointOf(endpoint: Endpoint, { id, mac }: { readonly id: string; readonly mac: string | undefined }): Json {
  const aliases = givenAliases(endpoint, id);
  return toJson({
    IPAMConfig: endpoint.IPAMConfig ?? undefined,
    Links: endpoint.Links?.map(linkOf),
    Aliases: aliases.length === 0 ? undefined : aliases,
    DriverOpts: endpoint.DriverOpts ?? undefined,
    GwPriority: endpoint.GwPriority,
    MacAddress: mac,
  });
}
