import { OomphError } from "../../domain/errors.ts";
import type { Json } from "../../domain/json.ts";
import type { ConnectionSettings, KeyValueConnection, KeyValueNode } from "../../ports/key-value-server.ts";

/** An examined Redis while it is being looked at. */
export type RedisSession = {
  readonly connection: KeyValueConnection;
  readonly settings: ConnectionSettings | undefined;
  /** The database that was asked about. */
  readonly database: number | undefined;
};

/**
 * Reads something from every server of a connection, side by side. What one server refuses stands beside what the
 * others told; refused by all, the step has failed and the first refusal is thrown.
 */
export async function readEachNode({ connection }: RedisSession, read: (node: KeyValueNode) => Promise<Json>): Promise<Json> {
  const refusals: OomphError[] = [];
  const nodes = await Promise.all(
    connection.nodes.map(async (node) => {
      try {
        return { address: node.address, value: await read(node) };
      } catch (error) {
        if (!(error instanceof OomphError)) throw error;
        refusals.push(error);
        return { address: node.address, code: error.code, because: error.message };
      }
    }),
  );
  const [first] = refusals;
  if (first !== undefined && refusals.length === nodes.length) throw first;
  return { nodes };
}
