import { formatCount } from "../../domain/count.ts";
import { formatBytes } from "../../domain/bytes.ts";
import type { Json } from "../../domain/json.ts";
import type { Observation, Plan, Planned, Verification } from "../../domain/plan.ts";
import type { Target } from "../../domain/target.ts";
import type { ClientReading } from "../../ports/key-value-server.ts";
import type { Action, RunHandle } from "../action.ts";
import type { RedisActionDeps } from "./deps.ts";
import { applyOn, isSameServers, planOn, refused, runIds, withSession, type RedisSession } from "./redis-session.ts";
import { KillParams, readParams, type SlowClient } from "./schema.ts";
import { Before, KillScope, readBefore, readScope, type Vitals } from "./stored/schema.ts";
import { verifyRedis } from "./verify.ts";
import type { Effect } from "../effect.ts";
import { readVitals, totalUsedBytes } from "./vitals.ts";
import { shown } from "../words.ts";

const DOC = {
  id: "redis.kill-slow-clients",
  title: "Disconnect slow clients",
  risk: "disruptive",
  targetKind: "redis",
  params: [
    { name: "minimumBytes", says: "output buffer from which a client counts as slow; 1mb when absent", required: false },
    { name: "clients", says: "which ones exactly; chosen by the plan when absent", required: false },
  ],
} as const satisfies Partial<Action>;

const MOST_CLIENTS = 50;

type Seen = { readonly named: SlowClient; readonly reading: ClientReading };

/** CLIENT KILL ID for clients that do not read what they asked for. Never replicas or masters. */
export function killSlowClients(deps: RedisActionDeps): Action {
  return {
    ...DOC,
    plan: (target, params) => planKill(deps, target, params),
    apply: (plan, run) => applyKill(deps, plan, run),
    observe: (plan) => observeKill(deps, plan),
    verify: (plan) => verifyKill(deps, plan),
    wayBack: () => undefined,
  };
}

async function planKill(deps: RedisActionDeps, target: Target, given: Readonly<Record<string, Json>>): Promise<Planned> {
  const read = readParams(KillParams, DOC, given);
  if (read.kind === "refused") return read;
  const { minimumBytes, clients: frozen } = read.params;
  return planOn(deps, target, async (session) => {
    const slow = (await slowClients(session, minimumBytes))
      .filter(({ named }) => frozen === undefined || isAmong(named, frozen))
      .slice(0, MOST_CLIENTS);
    if (slow.length === 0) {
      const whose = frozen === undefined ? "no client" : "none of the clients that were named";
      return refused(
        `${whose} of redis/${session.name} has an output buffer of ${formatBytes(minimumBytes)} or more now: there is nobody to disconnect.`,
      );
    }
    const clients = frozen ?? slow.map(({ named }) => named);
    const vitals = await readVitals(deps, session, session.settings?.database ?? 0);
    const plan: Plan = {
      actionId: DOC.id,
      target,
      risk: DOC.risk,
      ...describeKill(session, slow, vitals),
      params: { minimumBytes, clients },
      scope: { servers: runIds(session), minimumBytes, clients },
      before: { vitals },
    };
    return { kind: "planned", plan };
  });
}

function describeKill(
  session: RedisSession,
  slow: readonly Seen[],
  vitals: Vitals,
): Pick<Plan, "summary" | "changes" | "blastRadius" | "warnings" | "wayBack"> {
  const buffers = slow.reduce((sum, { reading }) => sum + reading.outputBufferBytes, 0);
  const used = totalUsedBytes(vitals);
  return {
    summary: `Disconnect ${clientCount(slow.length)} of redis/${session.name} that ${slow.length === 1 ? "reads" : "read"} too slowly: ${formatBytes(buffers)} of output buffers`,
    changes: [
      { what: "Slow clients", before: formatCount(slow.length), after: "0" },
      {
        what: "Used memory",
        before: formatBytes(used),
        after: `about ${formatBytes(Math.max(0, used - buffers))} (${formatBytes(buffers)} of buffers freed)`,
      },
    ],
    blastRadius: slow.map(
      ({ reading }) =>
        `${reading.address}${reading.name === "" ? "" : ` "${shown(reading.name)}"`}, last command ${shown(reading.command)}, buffer ${formatBytes(reading.outputBufferBytes)}, connected for ${formatCount(reading.ageSeconds)} s`,
    ),
    warnings: [
      "Their commands under way and their subscriptions end; what was waiting in the buffers is lost to them. Most clients connect again by themselves.",
      "A client that stays slow fills its buffer again: have its code read faster or ask for less, and set client-output-buffer-limit.",
      "Only the clients listed here are disconnected, and of these only those whose buffer is still that large.",
    ],
    wayBack: "None is needed: the clients connect again by themselves.",
  };
}

async function applyKill(deps: RedisActionDeps, plan: Plan, run: RunHandle): Promise<void> {
  const { minimumBytes, clients } = readScope(KillScope, plan);
  await applyOn(deps, plan, async (session) => {
    const slow = (await slowClients(session, minimumBytes)).filter(({ named }) => isAmong(named, clients));
    for (const { named } of slow) {
      run.signal.throwIfAborted();
      await session.servers.find(({ runId }) => runId === named.server)?.node.killClient(named.id);
    }
  });
}

async function observeKill(deps: RedisActionDeps, plan: Plan): Promise<Observation> {
  const { minimumBytes, clients } = readScope(KillScope, plan);
  return withSession(deps, plan.target, async (session) => {
    if (!isSameServers(plan, session))
      return { kind: "unknown", says: "the server was restarted or has failed over since, which ends all connections" };
    const left = (await slowClients(session, minimumBytes)).filter(({ named }) => isAmong(named, clients));
    const says = `${clientCount(left.length)} of the ${formatCount(clients.length)} that were meant ${left.length === 1 ? "is" : "are"} still connected with a large buffer`;
    if (left.length === 0) return { kind: "done", says };
    return { kind: left.length === clients.length ? "not-done" : "unknown", says };
  });
}

async function verifyKill(deps: RedisActionDeps, plan: Plan): Promise<Verification> {
  const { minimumBytes, clients } = readScope(KillScope, plan);
  const { vitals } = readBefore(Before, plan);
  const effect = async (session: RedisSession): Promise<Effect> => {
    const slow = await slowClients(session, minimumBytes);
    const left = slow.filter(({ named }) => isAmong(named, clients)).length;
    const fresh = slow.length - left;
    const again = fresh === 0 ? "" : ` ${clientCount(fresh)} ${fresh === 1 ? "has" : "have"} filled a large buffer anew.`;
    return {
      inEffect: left === 0,
      says:
        left === 0
          ? `The slow clients were disconnected.${again}`
          : `${clientCount(left)} of those that were meant ${left === 1 ? "is" : "are"} still connected.`,
      rows: [{ what: "Slow clients", before: formatCount(clients.length), after: formatCount(slow.length), ok: slow.length === 0 }],
      elseTry:
        "Stop or mend the application that reads so slowly, and set client-output-buffer-limit; if buffers are not the cause, investigate again.",
    };
  };
  return verifyRedis(deps, { plan, before: vitals, database: 0, effect });
}

async function slowClients(session: RedisSession, minimumBytes: number): Promise<readonly Seen[]> {
  const perServer = await Promise.all(
    session.servers.map(async ({ node, runId }) =>
      (await node.clients()).map((reading) => ({ named: { server: runId, id: reading.id, address: reading.address }, reading })),
    ),
  );
  return perServer
    .flat()
    .filter(({ reading }) => reading.outputBufferBytes >= minimumBytes && !isReplication(reading))
    .toSorted((left, right) => right.reading.outputBufferBytes - left.reading.outputBufferBytes);
}

/** Replicas and masters: cutting one off begins a full resynchronisation, which costs more memory than it frees. */
function isReplication({ flags }: ClientReading): boolean {
  return flags.includes("M") || (flags.includes("S") && !flags.includes("O"));
}

function isAmong(client: SlowClient, clients: readonly SlowClient[]): boolean {
  return clients.some(({ server, id, address }) => server === client.server && id === client.id && address === client.address);
}

function clientCount(count: number): string {
  return `${formatCount(count)} ${count === 1 ? "client" : "clients"}`;
}
