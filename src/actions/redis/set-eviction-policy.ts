import { formatBytes } from "../../domain/bytes.ts";
import type { Json } from "../../domain/json.ts";
import type { Plan, Planned, Verification } from "../../domain/plan.ts";
import type { Target } from "../../domain/target.ts";
import type { Action } from "../action.ts";
import { applySetting, cannotPersist, isChanged, observeSetting, readSetting, rewriteCalls } from "./config-change.ts";
import type { RedisActionDeps } from "./deps.ts";
import { planOn, refused, runIds, type RedisSession } from "./redis-session.ts";
import { EVICTION_POLICIES, PolicyParams, readParams, type EvictionPolicy } from "./schema.ts";
import { ConfigBefore, PolicyScope, readBefore, readScope } from "./stored/schema.ts";
import { verifyRedis } from "./verify.ts";
import type { Effect } from "../effect.ts";
import { infoNumber, readVitals, refusing } from "./vitals.ts";
import { keys } from "../words.ts";

const DOC = {
  id: "redis.set-eviction-policy",
  title: "Set eviction policy",
  risk: "change",
  targetKind: "redis",
  params: [
    { name: "policy", says: `one of ${EVICTION_POLICIES.join(", ")}`, required: true },
    { name: "persist", says: "yes writes it to the server's config file too; else it lasts until a restart", required: false },
  ],
} as const satisfies Partial<Action>;

const SETTING = { name: "maxmemory-policy", field: "maxmemory_policy" };

/** CONFIG SET maxmemory-policy on every master. The way back is the same action with the old policy. */
export function setEvictionPolicy(deps: RedisActionDeps): Action {
  return {
    ...DOC,
    plan: (target, params) => planPolicy(deps, target, params),
    apply: (plan, run) => applySetting(deps, { plan, run }, { setting: SETTING, change: readScope(PolicyScope, plan) }),
    observe: (plan) => observeSetting(deps, plan, { setting: SETTING, change: readScope(PolicyScope, plan) }),
    verify: (plan) => verifyPolicy(deps, plan),
    wayBack: policyBack,
  };
}

async function planPolicy(deps: RedisActionDeps, target: Target, given: Readonly<Record<string, Json>>): Promise<Planned> {
  const read = readParams(PolicyParams, DOC, given);
  if (read.kind === "refused") return read;
  const { policy, persist } = read.params;
  return planOn(deps, target, async (session) => {
    const from = readSetting(session, SETTING);
    const lasting = persist ? cannotPersist(session) : undefined;
    if (lasting !== undefined) return refused(lasting);
    if (isChanged(session, SETTING, { to: policy }) && !persist)
      return refused(`the eviction policy of redis/${session.name} is ${policy} already: there is nothing to change.`);
    const vitals = await readVitals(deps, session, session.settings?.database ?? 0);
    const old = [...new Set(Object.values(from))];
    const plan: Plan = {
      actionId: DOC.id,
      target,
      risk: DOC.risk,
      summary: `Set the eviction policy of redis/${session.name} to ${policy} (now ${old.join(", ")})`,
      changes: [
        { what: "maxmemory-policy", before: old.join(", "), after: policy },
        { what: "When memory is full", before: old.map(whenFull).join(", "), after: whenFull(policy) },
      ],
      blastRadius: blastRadius(session, policy),
      warnings: [...warnings(session, policy), persistence(persist)],
      wayBack:
        old.length === 1
          ? `Sets the policy back to ${old.join("")}. Keys that were evicted meanwhile do not come back.`
          : "By hand: the masters had different policies.",
      params: { policy, persist },
      scope: { servers: runIds(session), from, to: policy, persist },
      before: { vitals, rewriteCalls: rewriteCalls(session) },
    };
    return { kind: "planned", plan };
  });
}

async function verifyPolicy(deps: RedisActionDeps, plan: Plan): Promise<Verification> {
  const { to, from } = readScope(PolicyScope, plan);
  const { vitals: before } = readBefore(ConfigBefore, plan);
  const effect = async (session: RedisSession): Promise<Effect> => {
    const now = [...new Set(Object.values(readSetting(session, SETTING)))].join(", ");
    const inEffect = isChanged(session, SETTING, { to });
    return {
      inEffect,
      says: inEffect ? `The eviction policy is ${to}.` : `The eviction policy is ${now}, not ${to}: somebody has changed it again.`,
      rows: [{ what: "maxmemory-policy", before: [...new Set(Object.values(from))].join(", "), after: now, ok: inEffect }],
      elseTry: elseTry(to, refusing(before).length > 0),
    };
  };
  return verifyRedis(deps, { plan, before, database: 0, effect });
}

function policyBack(plan: Plan): ReturnType<Action["wayBack"]> {
  const { from, to, persist } = readScope(PolicyScope, plan);
  const [old, ...others] = new Set(Object.values(from));
  if (old === undefined || others.length > 0 || old === to) return undefined;
  return { actionId: DOC.id, params: { policy: old, persist } };
}

function whenFull(policy: string): string {
  if (policy === "noeviction") return "writes are refused";
  if (policy.startsWith("allkeys-")) return "any key may be evicted to make room";
  return "keys with a TTL are evicted to make room; without any, writes are refused";
}

function blastRadius(session: RedisSession, policy: EvictionPolicy): readonly string[] {
  if (policy === "noeviction") return ["No key is evicted any more; a full server refuses writes"];
  const which = policy.startsWith("allkeys-") ? "Every key of every database" : "Every key with a TTL, in every database";
  const by = {
    lru: "the least recently used first",
    lfu: "the least often used first",
    random: "in no order",
    ttl: "the soonest to expire first",
  };
  const order = Object.entries(by).find(([name]) => policy.endsWith(name))?.[1] ?? "";
  return [`${which} of redis/${session.name} may be evicted once memory is full, ${order}: sessions, queues and locks too`];
}

function warnings(session: RedisSession, policy: EvictionPolicy): readonly string[] {
  const says: string[] = [];
  const infos = session.servers.map(({ info }) => info);
  const withTtl = infos.reduce((sum, info) => sum + keyspace(info, "expires"), 0);
  const all = infos.reduce((sum, info) => sum + keyspace(info, "keys"), 0);
  if (policy.startsWith("allkeys-"))
    says.push("Evicted keys are lost without a word to their owners. Only right where everything in this Redis can be made again.");
  if (policy.startsWith("volatile-") && withTtl === 0)
    says.push(`No key has a TTL, so ${policy} evicts nothing: a full server goes on refusing writes, as under noeviction.`);
  if (policy.startsWith("volatile-") && withTtl > 0) says.push(`Only ${keys(withTtl)} of ${keys(all)} have a TTL and can make room.`);
  if (infos.some((info) => infoNumber(info, "maxmemory") === 0))
    says.push("maxmemory is 0 (no limit): the policy has no effect until a limit is set.");
  if (policy === "noeviction") says.push("A full server refuses writes under noeviction.");
  const full = infos.find((info) => infoNumber(info, "maxmemory") > 0 && infoNumber(info, "used_memory") >= infoNumber(info, "maxmemory"));
  if (full !== undefined && policy !== "noeviction")
    says.push(`Memory is full now (${formatBytes(infoNumber(full, "used_memory"))}): eviction begins with the next write.`);
  return says;
}

function persistence(persist: boolean): string {
  return persist
    ? "It is written to the server's config file (CONFIG REWRITE, which rewrites the whole file as the server runs now)."
    : "It is lost when the server restarts, unless the configuration that it is deployed with is changed too (--persist yes writes the server's own config file).";
}

function elseTry(policy: EvictionPolicy, wasRefusing: boolean): string {
  if (!wasRefusing) return "Look at who changes this server's configuration.";
  if (policy.startsWith("volatile-"))
    return "Under volatile-* only keys with a TTL make room: give keys a TTL (redis.expire-keys), or use an allkeys-* policy where every key can be made again.";
  return "Look at client buffers (redis.kill-slow-clients), and free memory with redis.unlink-keys or redis.flush-db.";
}

/** Sum over all databases of `db0:keys=12,expires=3,...`. */
function keyspace(info: Readonly<Record<string, string>>, what: "keys" | "expires"): number {
  return Object.entries(info)
    .filter(([field]) => /^db\d+$/.test(field))
    .reduce((sum, [, value]) => sum + Number(new RegExp(`${what}=(\\d+)`).exec(value)?.[1] ?? 0), 0);
}
