import { formatCount } from "../../domain/count.ts";
import { formatBytes } from "../../domain/bytes.ts";
import { formatDuration } from "../../domain/duration.ts";
import type { Plan, Verification } from "../../domain/plan.ts";
import type { RedisActionDeps } from "./deps.ts";
import { withSession, type RedisSession } from "./redis-session.ts";
import type { Vitals } from "./stored/schema.ts";
import { inTrouble, readVitals, refusing, totalUsedBytes } from "./vitals.ts";
import type { Effect, Row } from "../effect.ts";
import { steadyRow, watchUntilSteady, type Watched } from "../watch-until-steady.ts";

export type VerifyOptions = {
  readonly plan: Plan;
  readonly before: Vitals;
  readonly database: number;
  readonly effect: (session: RedisSession) => Promise<Effect>;
};

type Seen = Watched<Vitals>;

const ALIKE_WITHIN = { bytes: 2 ** 20, share: 0.02 };

/** Did it help? Reads until memory and the health check are steady, then compares with before the act. */
export async function verifyRedis(deps: RedisActionDeps, { plan, before, database, effect }: VerifyOptions): Promise<Verification> {
  return withSession(deps, plan.target, async (session) => {
    const watched = await watchUntilSteady(deps, {
      read: () => readVitals(deps, session, database),
      sizeBytes: totalUsedBytes,
      alikeWithin: ALIKE_WITHIN,
      isUnderWay: ({ nodes }) => nodes.some(({ pendingFrees }) => pendingFrees > 0),
    });
    const seen = await effect(session);
    const rows = [...seen.rows, ...vitalRows(before, watched)];
    return { ...judge(before, watched, seen), rows };
  });
}

function judge(before: Vitals, watched: Seen, effect: Effect): Pick<Verification, "helped" | "says"> {
  const { last } = watched;
  const still = refusing(last);
  if (!effect.inEffect) return { helped: false, says: `${effect.says} ${effect.elseTry}` };
  if (still.length > 0) {
    return {
      helped: false,
      says: `${effect.says} It did not help: ${where(still, last)} still refuses writes, being full. ${effect.elseTry}`,
    };
  }
  if (last.health?.ok === false) {
    return {
      helped: false,
      says: `${effect.says} Redis takes writes, but ${last.health.where} answers ${last.health.says}: look at that service, its cause may be another one.`,
    };
  }
  const other = last.nodes.find(({ writes }) => writes !== "accepted" && writes !== "no-rights");
  if (other !== undefined) {
    return {
      helped: false,
      says: `${effect.says} But ${other.address} refuses writes for another reason (${WRITES[other.writes]}): see to that first.`,
    };
  }
  if (!inTrouble(before))
    return { helped: true, says: `${effect.says} It was not refusing writes before, and is not now.${outlook(watched)}` };
  return { helped: true, says: `${effect.says} Writes are accepted again.${outlook(watched)}` };
}

/** Memory that rises again is said, with when it will be full. */
function outlook({ readings, steady, last, spanMs }: Seen): string {
  const first = readings[0];
  if (steady || first === undefined || spanMs === 0) return "";
  const rise = totalUsedBytes(last) - totalUsedBytes(first);
  if (rise <= 0) return " Memory is still falling.";
  const bytesPerMs = rise / spanMs;
  const room = last.nodes.reduce((sum, node) => sum + Math.max(0, node.maxmemoryBytes - node.usedBytes), 0);
  const until = room > 0 ? `; at this pace it is full in ${formatDuration(room / bytesPerMs)}` : "";
  return ` But memory is rising again, by ${formatBytes(bytesPerMs * 1000)} a second${until}: find what writes so much.`;
}

function vitalRows(before: Vitals, watched: Seen): readonly Row[] {
  const { last } = watched;
  const evicted = sumOf(last, "evictedKeys") - sumOf(before, "evictedKeys");
  const rows: Row[] = [
    {
      what: "Writes",
      before: writes(before),
      after: writes(last),
      ok: last.nodes.every((node) => node.writes === "accepted" || node.writes === "no-rights"),
    },
    { what: "Used memory", before: used(before), after: used(last), ok: refusing(last).length === 0 },
    steadyRow(watched),
  ];
  // A negative difference means that the counter began anew: the server was restarted in between.
  if (evicted > 0)
    rows.push({
      what: "Evicted keys",
      before: formatCount(sumOf(before, "evictedKeys")),
      after: `${formatCount(sumOf(last, "evictedKeys"))} (eviction makes room)`,
      ok: true,
    });
  if (last.health !== undefined)
    rows.push({
      what: `Health check ${last.health.where}`,
      before: before.health?.says ?? "not read",
      after: last.health.says,
      ok: last.health.ok,
    });
  return rows;
}

const WRITES: Readonly<Record<Vitals["nodes"][number]["writes"], string>> = {
  accepted: "accepted",
  "refused-oom": "refused (full)",
  "refused-read-only": "refused (a replica)",
  "refused-misconf": "refused (last snapshot failed)",
  "refused-no-replicas": "refused (too few replicas)",
  "no-rights": "not known (Oomph's user may not probe)",
};

function writes(vitals: Vitals): string {
  const [only, ...others] = vitals.nodes;
  if (only !== undefined && others.length === 0) return WRITES[only.writes];
  const accepted = vitals.nodes.filter((node) => node.writes === "accepted").length;
  return `accepted by ${accepted} of ${vitals.nodes.length} masters`;
}

function used(vitals: Vitals): string {
  const limit = sumOf(vitals, "maxmemoryBytes");
  return `${formatBytes(totalUsedBytes(vitals))} of ${limit === 0 ? "unlimited" : formatBytes(limit)}`;
}

function sumOf(vitals: Vitals, field: "evictedKeys" | "maxmemoryBytes"): number {
  return vitals.nodes.reduce((sum, node) => sum + node[field], 0);
}

function where(nodes: readonly { readonly address: string }[], vitals: Vitals): string {
  return vitals.nodes.length === 1 ? "it" : nodes.map(({ address }) => address).join(", ");
}
