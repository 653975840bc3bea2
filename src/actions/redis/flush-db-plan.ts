import { formatCount } from "../../domain/count.ts";
import { formatBytes } from "../../domain/bytes.ts";
import type { Plan } from "../../domain/plan.ts";
import { meanSizeBytes, prefixes, shareWithoutTtl, type KeySample } from "./key-sample.ts";
import type { RedisSession } from "./redis-session.ts";
import type { Vitals } from "./stored/schema.ts";
import { totalUsedBytes } from "./vitals.ts";
import { keys, percent, shown } from "../words.ts";

export type FlushFacts = {
  readonly session: RedisSession;
  readonly database: number;
  readonly count: number;
  readonly atMostKeys: number;
  /** More keys than an earlier plan allowed. */
  readonly grown: boolean;
  readonly samples: readonly KeySample[];
  readonly vitals: Vitals;
};

// Below this share of the used memory, a flush is unlikely to be the cure.
const SMALL_SHARE = 0.1;

/** A flush in words, for the one who decides. */
export function describeFlush(facts: FlushFacts): Pick<Plan, "summary" | "changes" | "blastRadius" | "warnings" | "wayBack"> {
  const { session, database, count, samples, vitals } = facts;
  const described = samples.flatMap((sample) => sample.described);
  const immortal = shareWithoutTtl(described);
  const freed = freedBytes(facts);
  const used = totalUsedBytes(vitals);
  return {
    summary: `Flush database ${database} of redis/${session.name}: ${keys(count)} ${count === 1 ? "goes" : "go"}, all of them, at once${masters(session)}`,
    changes: [
      { what: `Keys in database ${database}`, before: formatCount(count), after: "0" },
      { what: "Keys that never expire", before: `${percent(immortal)} (of ${formatCount(described.length)} looked at)`, after: "none" },
      {
        what: "Used memory",
        before: formatBytes(used),
        after:
          freed === undefined
            ? "cannot be estimated: key sizes could not be read"
            : `about ${formatBytes(Math.max(0, used - freed))} (${formatBytes(freed)} freed, estimated from key sizes)`,
      },
    ],
    blastRadius: [
      `Every application that keeps something in database ${database}: sessions, caches, queues and locks there are gone`,
      `Names begin with ${prefixes(described, 5)}`,
      `For example: ${described
        .slice(0, 5)
        .map(({ key }) => shown(key))
        .join(", ")}`,
      ...servers(session),
    ],
    warnings: warnings(facts, freed),
    wayBack: "None: flushed keys cannot be brought back, except from a backup of the server.",
  };
}

/** Mean key size times keys, per master; never more than what is used. */
function freedBytes({ samples, vitals }: FlushFacts): number | undefined {
  const perNode = samples.map((sample) => {
    const mean = meanSizeBytes(sample.described);
    return mean === undefined && sample.databaseKeys > 0 ? undefined : (mean ?? 0) * sample.databaseKeys;
  });
  let freed = 0;
  for (const bytes of perNode) {
    if (bytes === undefined) return undefined;
    freed += bytes;
  }
  return Math.min(freed, totalUsedBytes(vitals));
}

function warnings({ session, database, count, atMostKeys, grown, vitals }: FlushFacts, freed: number | undefined): readonly string[] {
  const used = totalUsedBytes(vitals);
  const buffers = vitals.nodes.reduce((sum, node) => sum + node.clientBufferBytes, 0);
  const says = [
    "It cannot be undone.",
    `Planned for ${keys(count)}; it is not carried out when there are more than ${formatCount(atMostKeys)} by then, or after a restart or failover of the server.`,
  ];
  if (grown) says.push(`The database has outgrown an earlier plan: the bound is now ${formatCount(atMostKeys)} keys.`);
  if (freed !== undefined && freed < used * SMALL_SHARE)
    says.push(`It frees little: database ${database} holds ${percent(freed / used)} of the used memory.`);
  if (buffers > used / 2)
    says.push(
      `${formatBytes(buffers)} of the used memory are buffers of clients, which a flush does not free: look at redis.kill-slow-clients.`,
    );
  if (session.servers.some(({ info }) => Number(info["connected_slaves"] ?? 0) > 0)) says.push("Replicas follow: they lose the same keys.");
  return says;
}

function masters({ topology, servers: all }: RedisSession): string {
  return topology === "cluster" ? `, on all ${all.length} masters of the cluster` : "";
}

function servers({ topology, servers: all }: RedisSession): readonly string[] {
  return topology === "cluster" ? [`Masters: ${all.map(({ node }) => node.address).join(", ")}`] : [];
}
