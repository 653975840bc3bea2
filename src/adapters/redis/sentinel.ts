import { OomphError } from "../../domain/errors.ts";
import { firstOf, settle } from "./attempts.ts";
import { describeServer, endpointAt, formatAddress, type Endpoint } from "./endpoint.ts";
import { openLink, type Link } from "./link.ts";
import { openNode, type OpenedNode } from "./open-node.ts";
import { asList, asNumber, asText } from "./readings.ts";
import type { HostPort, RedisConnectionSettings, RedisTopology } from "./settings.ts";

type SentinelTopology = Extract<RedisTopology, { kind: "sentinel" }>;

/**
 * The current master, found through the sentinels. All are asked at once and heard in the configured order; one that is
 * down, or that still names a server which is a replica by now, is passed over.
 */
export async function openSentinelMaster(settings: RedisConnectionSettings, topology: SentinelTopology): Promise<OpenedNode> {
  const words = topology.sentinels.map((at) => settle(() => askForMaster(sentinelEndpoint(at, settings, topology), topology.masterName)));
  const tried = new Set<string>();
  const attempts = words.map((word) => async (): Promise<OpenedNode | undefined> => {
    const outcome = await word;
    if (outcome.kind === "failed") throw outcome.error;
    const address = formatAddress(outcome.value);
    if (tried.has(address)) return undefined;
    tried.add(address);
    return openMaster(endpointAt(outcome.value, settings), settings.database);
  });
  return firstOf(attempts, `The master "${topology.masterName}" cannot be looked at.`);
}

async function openMaster(endpoint: Endpoint, database: number): Promise<OpenedNode> {
  const opened = await openNode(endpoint, { database });
  if (!opened.isReplica) return opened;
  opened.close();
  throw new OomphError(
    "read-only",
    `${describeServer(endpoint)} is named as the master and is a replica: a failover is under way. Ask again in a few seconds.`,
    { retryable: true },
  );
}

async function askForMaster(endpoint: Endpoint, masterName: string): Promise<HostPort> {
  const link = await openLink(endpoint, 0);
  try {
    const reply = await link.ask({ name: "SENTINEL GET-MASTER-ADDR-BY-NAME", args: [masterName] });
    if (reply === null)
      throw new OomphError(
        "bad-input",
        `${describeServer(endpoint)} watches no master named "${masterName}"${await watched(link)}. Correct the master's name.`,
      );
    const [host, port] = asList(reply);
    return { host: asText(host), port: asNumber(port) };
  } finally {
    link.close();
  }
}

/** `: it watches cache, sessions`; empty where it may not be asked. */
async function watched(link: Link): Promise<string> {
  const [answer] = await link.askAll([{ name: "SENTINEL MASTERS", args: [] }]);
  if (answer?.kind !== "reply") return "";
  const names = asList(answer.value).map((fields) => asText(asList(fields)[1]));
  return names.length === 0 ? ": it watches none" : `: it watches ${names.join(", ")}`;
}

function sentinelEndpoint(
  at: HostPort,
  settings: RedisConnectionSettings,
  { sentinelUsername, sentinelPassword }: SentinelTopology,
): Endpoint {
  const { tls, connectTimeoutMs, commandTimeoutMs } = settings;
  return {
    kind: "Sentinel",
    at,
    ...(sentinelUsername === undefined ? {} : { username: sentinelUsername }),
    ...(sentinelPassword === undefined ? {} : { password: sentinelPassword }),
    ...(tls === undefined ? {} : { tls }),
    connectTimeoutMs,
    commandTimeoutMs,
  };
}
