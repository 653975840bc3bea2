import { OomphError, messageOf } from "../../domain/errors.ts";
import { combined, firstOf, settle } from "./attempts.ts";
import { describeServer, endpointAt, formatAddress, type Endpoint } from "./endpoint.ts";
import { nameInSlots, type SlotRange } from "./hash-slots.ts";
import { openLink } from "./link.ts";
import { openNode, randomProbeName, type OpenedNode } from "./open-node.ts";
import { asText } from "./readings.ts";
import type { HostPort, RedisConnectionSettings, RedisTopology } from "./settings.ts";

export type ClusterMaster = { readonly at: HostPort; readonly slots: readonly SlotRange[] };

export type OpenedCluster = {
  readonly opened: readonly OpenedNode[];
  readonly missing: readonly { readonly address: string; readonly because: string }[];
};

/** Every master that holds hash slots, as the first seed that answers knows them. Those that are down are told. */
export async function openClusterMasters(
  settings: RedisConnectionSettings,
  { seeds }: Extract<RedisTopology, { kind: "cluster" }>,
): Promise<OpenedCluster> {
  const masters = await firstOf(
    seeds.map((seed) => () => askForMasters(endpointAt(seed, settings))),
    "The masters of the cluster cannot be found.",
  );
  const outcomes = await Promise.all(masters.map((master) => settle(() => openMaster(master, settings))));
  const opened = outcomes.flatMap((outcome) => (outcome.kind === "done" ? [outcome.value] : []));
  const errors = outcomes.flatMap((outcome) => (outcome.kind === "failed" ? [outcome.error] : []));
  if (opened.length === 0) throw combined(errors, "No master of the cluster can be looked at.");
  const missing = masters.flatMap(({ at }, index) => {
    const outcome = outcomes[index];
    return outcome?.kind === "failed" ? [{ address: formatAddress(at), because: messageOf(outcome.error) }] : [];
  });
  return { opened, missing };
}

/**
 * CLUSTER NODES' text → masters with slots. One without holds no keys, and one that has been replaced by its replica has
 * lost its slots. Lines: id, ip:port@bus[,hostname], flags, master, ping, pong, epoch, link, slots...
 * A node that does not know its own address leaves it empty: `ownHost` is where it was reached.
 */
export function parseClusterNodes(
  text: string,
  { ownHost, byName }: { readonly ownHost: string; readonly byName: boolean },
): readonly ClusterMaster[] {
  return text.split("\n").flatMap((line) => {
    const [, address = "", flags = "", , , , , , ...slots] = line.trim().split(" ");
    const match = /^(.*):(\d+)(?:@\d+)?(?:,([^,=]*))?/.exec(address);
    // A slot in brackets is on its way from one node to another.
    const ranges = slots.filter((slot) => !slot.startsWith("[")).map(parseRange);
    if (match === null || !flags.split(",").includes("master") || ranges.length === 0) return [];
    const [, ip = "", port, hostname = ""] = match;
    const host = byName && hostname !== "" ? hostname : ip || hostname || ownHost;
    return [{ at: { host, port: Number(port) }, slots: ranges }];
  });
}

function parseRange(text: string): SlotRange {
  const [first, last = first] = text.split("-").map(Number);
  return [first ?? 0, last ?? 0];
}

async function askForMasters(seed: Endpoint): Promise<readonly ClusterMaster[]> {
  const link = await openLink(seed, 0);
  try {
    const [answer] = await link.askAll([{ name: "CLUSTER NODES", args: [] }]);
    if (answer?.kind === "reply") {
      // With TLS the name is what the certificate speaks of.
      const masters = parseClusterNodes(asText(answer.value), { ownHost: seed.at.host, byName: seed.tls !== undefined });
      if (masters.length > 0) return masters;
      throw new OomphError(
        "unreachable",
        `${describeServer(seed)} knows no master with hash slots: its cluster has not been formed, or it has left it.`,
      );
    }
    if (answer !== undefined && /cluster support disabled/i.test(answer.refusal.text)) {
      throw new OomphError("bad-input", `${describeServer(seed)} is not a node of a cluster. Configure the connection by a URL.`);
    }
    throw await link.explain(answer?.refusal ?? { word: "ERR", text: "ERR no answer" }, "CLUSTER NODES");
  } finally {
    link.close();
  }
}

function openMaster({ at, slots }: ClusterMaster, settings: RedisConnectionSettings): Promise<OpenedNode> {
  return openNode(endpointAt(at, settings), {
    database: settings.database,
    isCluster: true,
    unusedName: () => nameInSlots(randomProbeName, slots),
  });
}
