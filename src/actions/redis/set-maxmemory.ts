import { formatBytes } from "../../domain/bytes.ts";
import type { Json } from "../../domain/json.ts";
import type { Plan, Planned, Verification } from "../../domain/plan.ts";
import type { Target } from "../../domain/target.ts";
import type { Action } from "../action.ts";
import { applySetting, cannotPersist, isChanged, observeSetting, readSetting, rewriteCalls } from "./config-change.ts";
import type { RedisActionDeps } from "./deps.ts";
import { planOn, refused, runIds, type RedisSession } from "./redis-session.ts";
import type { MemorySize } from "../params-schema.ts";
import { MaxmemoryParams, readParams } from "./schema.ts";
import { ConfigBefore, MaxmemoryScope, readBefore, readScope } from "./stored/schema.ts";
import { verifyRedis } from "./verify.ts";
import type { Effect } from "../effect.ts";
import { infoNumber, readVitals } from "./vitals.ts";

const DOC = {
  id: "redis.set-maxmemory",
  title: "Set memory limit",
  risk: "change",
  targetKind: "redis",
  params: [
    { name: "maxmemory", says: "512mb, a number of bytes, or +50% on top of the present limit", required: true },
    { name: "persist", says: "yes writes it to the server's config file too; else it lasts until a restart", required: false },
    { name: "unlimited", says: "yes must be said for a limit of 0, which means none", required: false },
  ],
} as const satisfies Partial<Action>;

const SETTING = { name: "maxmemory", field: "maxmemory" };

// Beside the data set a Redis needs room for copy-on-write during snapshots, fragmentation, and replication buffers.
const HEAD_ROOM_SHARE = 0.2;

/** CONFIG SET maxmemory on every master, to the same size each. The way back is the same action with the old size. */
export function setMaxmemory(deps: RedisActionDeps): Action {
  return {
    ...DOC,
    plan: (target, params) => planMaxmemory(deps, target, params),
    apply: (plan, run) => applySetting(deps, { plan, run }, { setting: SETTING, change: readScope(MaxmemoryScope, plan) }),
    observe: (plan) => observeSetting(deps, plan, { setting: SETTING, change: readScope(MaxmemoryScope, plan) }),
    verify: (plan) => verifyMaxmemory(deps, plan),
    wayBack: maxmemoryBack,
  };
}

async function planMaxmemory(deps: RedisActionDeps, target: Target, given: Readonly<Record<string, Json>>): Promise<Planned> {
  const read = readParams(MaxmemoryParams, DOC, given);
  if (read.kind === "refused") return read;
  const { maxmemory, persist, unlimited } = read.params;
  return planOn(deps, target, async (session) => {
    const sized = sizeFor(session, maxmemory);
    if (sized.kind === "refused") return sized;
    const because = objection(session, sized.bytes, unlimited) ?? (persist ? cannotPersist(session) : undefined);
    if (because !== undefined) return refused(because);
    if (isChanged(session, SETTING, { to: String(sized.bytes) }) && !persist) {
      return refused(`maxmemory of redis/${session.name} is ${limit(sized.bytes)} already: there is nothing to change.`);
    }
    const vitals = await readVitals(deps, session, session.settings?.database ?? 0);
    const from = readSetting(session, SETTING);
    const old = oldSizes(from);
    const plan: Plan = {
      actionId: DOC.id,
      target,
      risk: DOC.risk,
      summary: `Set maxmemory of redis/${session.name} to ${limit(sized.bytes)} (now ${old.map(limit).join(", ")})${session.topology === "cluster" ? " on every master" : ""}`,
      changes: [
        { what: "maxmemory", before: old.map(limit).join(", "), after: limit(sized.bytes) },
        ...vitals.nodes.map((node) => ({
          what: `Used memory of ${node.address}`,
          before: share(node.usedBytes, node.maxmemoryBytes),
          after: share(node.usedBytes, sized.bytes),
        })),
      ],
      blastRadius: [`Whatever else runs on the machine or in the container of redis/${session.name} shares its memory`],
      warnings: warnings(session, sized.bytes, persist),
      wayBack:
        old.length === 1
          ? `Sets maxmemory back to ${old.map(limit).join("")}. If more than that is in use by then, keys are evicted or writes refused at once.`
          : "By hand: the masters had different limits.",
      params: { maxmemory: sized.bytes, persist, unlimited },
      scope: { servers: runIds(session), from, to: String(sized.bytes), persist },
      before: { vitals, rewriteCalls: rewriteCalls(session) },
    };
    return { kind: "planned", plan };
  });
}

type Sized = { readonly kind: "sized"; readonly bytes: number } | { readonly kind: "refused"; readonly because: string };

function sizeFor(session: RedisSession, size: MemorySize): Sized {
  if (size.kind === "bytes") return { kind: "sized", bytes: size.bytes };
  const [old, ...others] = oldSizes(readSetting(session, SETTING));
  if (old === undefined || others.length > 0)
    return {
      kind: "refused",
      because: `the masters of redis/${session.name} have different limits: write the new one as a size, such as 512mb.`,
    };
  if (old === 0)
    return {
      kind: "refused",
      because: `redis/${session.name} has no limit now, so +${size.percent}% of it is nothing: write the new one as a size, such as 512mb.`,
    };
  return { kind: "sized", bytes: Math.round(old * (1 + size.percent / 100)) };
}

function objection(session: RedisSession, bytes: number, unlimited: boolean): string | undefined {
  if (bytes === 0) {
    return unlimited
      ? undefined
      : "maxmemory 0 means no limit: the server then grows until the kernel kills it. If that is meant, add --unlimited yes.";
  }
  if (bytes < 1024 ** 2)
    return `maxmemory ${formatBytes(bytes)} is less than an empty server needs: expected 1 MiB or more, such as 512mb.`;
  for (const { node, info } of session.servers) {
    const room = roomOf(session, info);
    if (room === undefined) continue;
    const most = Math.floor(room.bytes * (1 - HEAD_ROOM_SHARE));
    if (bytes > most) {
      return `${node.address} has ${formatBytes(room.bytes)} (${room.whose}); ${HEAD_ROOM_SHARE * 100}% of it must stay free for snapshots, fragmentation and buffers: ${formatBytes(room.bytes)} - ${formatBytes(room.bytes - most)} = ${formatBytes(most)} at the most, and ${formatBytes(bytes)} was asked for.`;
    }
  }
  return undefined;
}

type Room = { readonly bytes: number; readonly whose: string };

/** The least that anybody tells of. */
function roomOf({ settings, containerLimitBytes }: RedisSession, info: Readonly<Record<string, string>>): Room | undefined {
  const told: readonly { readonly bytes: number | undefined; readonly whose: string }[] = [
    { bytes: infoNumber(info, "total_system_memory") || undefined, whose: "memory of its machine" },
    { bytes: settings?.memoryLimitBytes, whose: "memory limit in Oomph's configuration" },
    { bytes: containerLimitBytes, whose: "memory limit of its container" },
  ];
  const rooms = told.flatMap(({ bytes, whose }): readonly Room[] => (bytes === undefined ? [] : [{ bytes, whose }]));
  return rooms.toSorted((left, right) => left.bytes - right.bytes)[0];
}

async function verifyMaxmemory(deps: RedisActionDeps, plan: Plan): Promise<Verification> {
  const { from, to } = readScope(MaxmemoryScope, plan);
  const { vitals: before } = readBefore(ConfigBefore, plan);
  const effect = async (session: RedisSession): Promise<Effect> => {
    const now = oldSizes(readSetting(session, SETTING)).map(limit).join(", ");
    const inEffect = isChanged(session, SETTING, { to });
    return {
      inEffect,
      says: inEffect ? `maxmemory is ${now}.` : `maxmemory is ${now}, not ${limit(Number(to))}: somebody has changed it again.`,
      rows: [{ what: "maxmemory", before: oldSizes(from).map(limit).join(", "), after: now, ok: inEffect }],
      elseTry: "Find what fills it: investigate again, and free memory with redis.unlink-keys, redis.expire-keys or redis.flush-db.",
    };
  };
  return verifyRedis(deps, { plan, before, database: 0, effect });
}

function maxmemoryBack(plan: Plan): ReturnType<Action["wayBack"]> {
  const { from, to, persist } = readScope(MaxmemoryScope, plan);
  const [old, ...others] = oldSizes(from);
  if (old === undefined || others.length > 0 || String(old) === to) return undefined;
  return { actionId: DOC.id, params: { maxmemory: old, persist, ...(old === 0 ? { unlimited: true } : {}) } };
}

function warnings(session: RedisSession, bytes: number, persist: boolean): readonly string[] {
  const says: string[] = [];
  for (const { node, info } of session.servers) {
    const used = infoNumber(info, "used_memory");
    if (bytes > 0 && bytes < used) {
      const then = info["maxmemory_policy"] === "noeviction" ? "writes are refused" : "keys are evicted";
      says.push(
        `${node.address} uses ${formatBytes(used)}, more than the new limit: ${then} at once (policy ${info["maxmemory_policy"] ?? "unknown"}).`,
      );
    }
    const old = infoNumber(info, "maxmemory");
    if (old > 0 && (bytes === 0 || bytes > old))
      says.push("It only buys time: what fills the server goes on, and fills the new limit too.");
  }
  if (bytes === 0) says.push("Without a limit the server grows until the kernel kills it, with all its keys.");
  const raised = session.servers.some(({ info }) => bytes === 0 || bytes > infoNumber(info, "maxmemory"));
  if (raised && session.settings?.memoryLimitBytes === undefined && session.containerLimitBytes === undefined)
    says.push(
      "Only the machine's memory is known. If the server runs in a container with a smaller limit, the kernel may kill it: set memoryLimit for this connection in Oomph's configuration.",
    );
  says.push(
    persist
      ? "It is written to the server's config file (CONFIG REWRITE)."
      : "It is lost when the server restarts, unless the configuration that it is deployed with is changed too.",
  );
  return [...new Set(says)];
}

function oldSizes(from: Readonly<Record<string, string>>): readonly number[] {
  return [...new Set(Object.values(from).map(Number))];
}

function limit(bytes: number): string {
  return bytes === 0 ? "no limit" : formatBytes(bytes);
}

function share(usedBytes: number, maxmemoryBytes: number): string {
  if (maxmemoryBytes === 0) return `${formatBytes(usedBytes)}, no limit`;
  return `${formatBytes(usedBytes)}, ${Math.round((usedBytes / maxmemoryBytes) * 100)}% of the limit`;
}
