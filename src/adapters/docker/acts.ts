import { codeOf, OomphError } from "../../domain/errors.ts";
import type { Act, ContainerActs, HostActs, OwnLayer, Recipe } from "../../ports/container-acts.ts";
import { createDockerClient, type DockerClient, type DockerRequest } from "./client.ts";
import { findDependents } from "./recreate-dependents.ts";
import { creationLike } from "./recreate-body.ts";
import { definitionOf } from "./recreate-definition.ts";
import { Changes, Created, Inspected, InspectedImage } from "./recreate-schema.ts";
import type { DockerConnectionSettings } from "./settings.ts";

// Beside the time that the container itself is given: the daemon has to unmount and to tear networks down.
const STOP_MARGIN_MS = 30_000;
const START_WITHIN_MS = 60_000;
const SHOWN_PATHS = 5;
// No container and no image has this id.
const NOBODY = "0".repeat(64);

/** The changing half of Docker hosts. Nothing is connected before the first call. */
export function createContainerActs(connections: readonly DockerConnectionSettings[]): ContainerActs & { close(): void } {
  const clients = new Map(connections.map((settings) => [settings.name, createDockerClient(settings)]));
  return {
    host(connection) {
      const client = clients.get(connection);
      if (client !== undefined) return createHostActs(client);
      throw new OomphError("bad-input", `Expected the name of a Docker host (${[...clients.keys()].join(", ")}), got "${connection}".`);
    },
    close: () => clients.forEach((client) => client.close()),
  };
}

/** The same on one daemon. */
export function createHostActs(client: DockerClient): HostActs {
  const act = (call: "update" | "rename" | "start", id: string, more: object = {}): Promise<unknown> =>
    client.json({ call, id, timeoutMs: START_WITHIN_MS, ...more });
  return {
    async definition(container) {
      const inspected = await inspect(client, container);
      return definitionOf(inspected, await findImage(client, inspected.Image));
    },
    checkRights: (acts) => checkRights(client, acts),
    dependents: (container) => findDependents(client, container),
    ownLayer: (container) => readOwnLayer(client, container),
    async setMemory(id, { memoryBytes, memorySwapBytes }) {
      await act("update", id, { body: { Memory: memoryBytes, MemorySwap: memorySwapBytes } });
    },
    async setRestartPolicy(id, { name, maximumRetryCount }) {
      await act("update", id, { body: { RestartPolicy: { Name: name, MaximumRetryCount: maximumRetryCount } } });
    },
    createLike: (container, recipe) => createLike(client, container, recipe),
    async start(id) {
      await act("start", id);
    },
    async rename(id, name) {
      await act("rename", id, { query: { name } });
    },
    stop: (id) => endRunning(client, "stop", id),
    restart: (id) => endRunning(client, "restart", id),
    remove: (id, which) => remove(client, id, which),
  };
}

/** Whatever else the daemon says to it, it has heard it. */
async function checkRights(client: DockerClient, acts: readonly Act[]): Promise<void> {
  for (const call of acts) {
    const request: DockerRequest =
      call === "create" ? { call, body: { Image: `sha256:${NOBODY}` } } : { call, id: NOBODY, ...(call === "update" ? { body: {} } : {}) };
    await client.json(request).catch((error: unknown) => {
      if (codeOf(error) !== "not-found" && codeOf(error) !== "bad-input") throw error;
    });
  }
}

async function inspect(client: DockerClient, container: string): Promise<Inspected> {
  return Inspected.parse(await client.json({ call: "inspect", id: container }));
}

/** Undefined: it is not on the host any more. */
async function findImage(client: DockerClient, image: string): Promise<InspectedImage | undefined> {
  try {
    return InspectedImage.parse(await client.json({ call: "inspectImage", id: image }));
  } catch (error) {
    if (codeOf(error) === "not-found") return undefined;
    throw error;
  }
}

async function createLike(client: DockerClient, container: string, recipe: Recipe): Promise<string> {
  const inspected = await inspect(client, container);
  const { Image, Config } = inspected;
  const image = await findImage(client, Image);
  if (image === undefined) {
    const says = `the image that it was made from (${Config.Image}, ${Image.slice(0, 19)}) is not on the host any more: pull it first.`;
    throw new OomphError("not-found", `None like ${container.slice(0, 12)} can be made: ${says}`);
  }
  // A tag may have moved since: then the image is asked for by its id.
  const imageRef = (await findImage(client, Config.Image))?.Id === Image ? Config.Image : Image;
  const { body, connect, disconnect } = creationLike(inspected, image, { recipe, imageRef });
  const created = Created.parse(await client.json({ call: "create", query: { name: recipe.name }, body, timeoutMs: START_WITHIN_MS }));
  try {
    for (const network of disconnect) await client.json({ call: "disconnect", id: network, body: { Container: created.Id } });
    for (const { network, endpoint } of connect)
      await client.json({ call: "connect", id: network, body: { Container: created.Id, EndpointConfig: endpoint } });
    return created.Id;
  } catch (error) {
    await remove(client, created.Id, "stopped");
    throw error;
  }
}

async function readOwnLayer(client: DockerClient, container: string): Promise<OwnLayer> {
  const { SizeRw, Mounts } = Inspected.parse(
    await client.json({ call: "inspect", id: container, query: { size: "1" }, timeoutMs: START_WITHIN_MS }),
  );
  const bytes = SizeRw ?? 0;
  if (bytes === 0) return { bytes, paths: [] };
  const changed = (Changes.parse(await client.json({ call: "changes", id: container, timeoutMs: START_WITHIN_MS })) ?? []).map(
    ({ Path }) => Path,
  );
  const folders = new Set(changed.map((path) => path.slice(0, path.lastIndexOf("/"))));
  const mounted = new Set(Mounts.map(({ Destination }) => Destination));
  // Docker tells them in another order each time, and a plan that is made anew is to say the same.
  const own = changed.filter((path) => !folders.has(path) && !mounted.has(path)).toSorted();
  return { bytes, paths: own.slice(0, SHOWN_PATHS) };
}

async function endRunning(client: DockerClient, call: "stop" | "restart", id: string): Promise<void> {
  const { Config } = await inspect(client, id);
  await client.json({ call, id, timeoutMs: (Config.StopTimeout ?? 10) * 1000 + STOP_MARGIN_MS });
}

async function remove(client: DockerClient, id: string, which: "stopped" | "running"): Promise<void> {
  try {
    const query = { v: "false", force: which === "running" ? "true" : "false" };
    await client.json({ call: "remove", id, query, timeoutMs: START_WITHIN_MS });
  } catch (error) {
    if (codeOf(error) !== "not-found") throw error;
  }
}
