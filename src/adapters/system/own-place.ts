import { lookup } from "node:dns/promises";
import { readFile } from "node:fs/promises";
import { hostname, networkInterfaces } from "node:os";
import { messageOf, OomphError } from "../../domain/errors.ts";
import type { OwnPlace } from "../../ports/container-acts.ts";

/** A server that Oomph keeps something of its own in, by the URL that it is reached at. */
export type OwnServer = { readonly what: OwnPlace["servers"][number]["what"]; readonly url: string };

// The first names the container by its path in the hierarchy (cgroup v1), the second by files that Docker mounts into it.
const FILES = ["/proc/self/cgroup", "/proc/self/mountinfo"];

/** Finds out where this process runs, and what the names of its own servers mean now. Throws `unreachable` without names. */
export async function findOwnPlace(servers: readonly OwnServer[], files: readonly string[] = FILES): Promise<OwnPlace> {
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8").catch(() => "")));
  const text = texts.join("\n");
  return {
    containerIds: idsIn(text),
    podUids: podUidsIn(text),
    hostname: hostname(),
    addresses: Object.values(networkInterfaces()).flatMap((some) => (some ?? []).map(({ address }) => address)),
    servers: await Promise.all(servers.map(resolve)),
  };
}

/** Ids of containers in paths such as `/docker/<id>`, `docker-<id>.scope` and `/containers/<id>/hostname`. */
export function idsIn(text: string): readonly string[] {
  const found = text.matchAll(/(?:\/docker\/|docker-|\/containers\/|libpod-|cri-containerd-)([0-9a-f]{64})\b/g);
  return [...new Set([...found].flatMap(([, id]) => id ?? []))];
}

const UID = "[0-9a-f]{8}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{12}";
// Its own cgroup, and what the kubelet mounts over the container's own file: a node has the mounts of all its pods.
const OF_POD = new RegExp(`^\\d+:\\S*kubepods\\S*[/-]pod(${UID})\\b|/pods/(${UID})/etc-hosts /etc/hosts `, "gm");

/** uids of pods in a process's own cgroup (`/kubepods/burstable/pod<uid>/...`) and mounts. */
function podUidsIn(text: string): readonly string[] {
  const found = [...text.matchAll(OF_POD)].flatMap(([, cgroup, mount]) => cgroup ?? mount ?? []);
  return [...new Set(found.map((uid) => uid.replaceAll("_", "-")))];
}

async function resolve({ what, url }: OwnServer): Promise<OwnPlace["servers"][number]> {
  const { hostname: name, port, protocol } = new URL(url);
  const host = name.replace(/^\[|\]$/g, "");
  const usual = protocol.startsWith("redis") ? 6379 : 5432;
  try {
    const addresses = (await lookup(host, { all: true })).map(({ address }) => address);
    return { what, host, port: port === "" ? usual : Number(port), addresses };
  } catch (error) {
    throw new OomphError("unreachable", `the host name of its own ${what} (${host}) could not be looked up: ${messageOf(error)}`, {
      retryable: true,
      cause: error,
    });
  }
}
