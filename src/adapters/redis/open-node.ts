import { randomBytes } from "node:crypto";
import { OomphError } from "../../domain/errors.ts";
import type { KeyValueNode } from "../../ports/key-value-server.ts";
import { dialectOf } from "./dialect.ts";
import { describeServer, nameOf, type Endpoint } from "./endpoint.ts";
import { createLinks, type Links } from "./links.ts";
import { createNode } from "./node.ts";
import { asText, parseInfo } from "./readings.ts";

export type OpenedNode = {
  readonly node: KeyValueNode;
  /** It copies from a master. False where INFO is not permitted. */
  readonly isReplica: boolean;
  readonly close: () => void;
};

/** Connects to one server and learns what its version can. Throws OomphError when it cannot be looked at. */
export async function openNode(
  endpoint: Endpoint,
  {
    database,
    isCluster = false,
    unusedName = randomProbeName,
  }: { readonly database: number; readonly isCluster?: boolean; readonly unusedName?: () => string },
): Promise<OpenedNode> {
  const links = createLinks(endpoint, isCluster);
  try {
    const info = await basicInfo(links, database);
    if (MODES.some((name) => info[name] === "sentinel")) {
      throw new OomphError(
        "bad-input",
        `${describeServer(endpoint)} is a sentinel and holds no data. Configure the connection with its sentinels and the master's name.`,
      );
    }
    const version = info["redis_version"];
    const dialect = dialectOf(version === undefined ? undefined : Number.parseInt(version, 10));
    const node = createNode({ address: nameOf(endpoint), links, database, dialect, unusedName });
    return { node, isReplica: info["role"] === "slave", close: () => links.close() };
  } catch (error) {
    links.close();
    throw error;
  }
}

/** Redis, Valkey and Redict say in words of their own what they run as. */
const MODES = ["redis_mode", "server_mode", "redict_mode"];

/** A name under `oomph:probe:` that nobody has guessed. */
export function randomProbeName(): string {
  return `oomph:probe:${randomBytes(16).toString("hex")}`;
}

/** Empty where INFO is not permitted: the rest may be. */
async function basicInfo(links: Links, database: number): Promise<Readonly<Record<string, string>>> {
  const link = await links.to(database);
  const [answer] = await link.askAll([{ name: "INFO", args: [] }]);
  if (answer?.kind === "reply") return parseInfo(asText(answer.value));
  if (answer === undefined || answer.refusal.word === "NOPERM") return {};
  throw await link.explain(answer.refusal, "INFO");
}
