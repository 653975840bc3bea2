import { OomphError, codeOf, messageOf } from "../../domain/errors.ts";
import { given } from "../../domain/given.ts";
import type { Json } from "../../domain/json.ts";
import type { Plan, Planned } from "../../domain/plan.ts";
import type { Target } from "../../domain/target.ts";
import type { ConnectionSettings, KeyValueConnection, KeyValueNode } from "../../ports/key-value-server.ts";
import type { RedisActionDeps } from "./deps.ts";

/** A Redis with all its masters, each looked at once. Open for the length of one call. */
export type RedisSession = {
  readonly name: string;
  readonly topology: KeyValueConnection["topology"];
  readonly settings: ConnectionSettings | undefined;
  /** Where the connection knows it. */
  readonly containerLimitBytes?: number;
  /** In the order of their run ids. */
  readonly servers: readonly Server[];
  /** Masters of a Cluster that did not answer. */
  readonly missing: KeyValueConnection["missing"];
};

export type Server = {
  readonly node: KeyValueNode;
  /** Of this server process: another after a restart or on another machine. Empty where the server does not tell. */
  readonly runId: string;
  /** INFO at the time of opening. */
  readonly info: Readonly<Record<string, string>>;
};

/** Opens a target and plans on it. Oomph's own Redis, a replica and whatever the server calls bad input are refused. */
export async function planOn(deps: RedisActionDeps, target: Target, plan: (session: RedisSession) => Promise<Planned>): Promise<Planned> {
  try {
    return await withSession(deps, target, async (session) => {
      const because = await refusal(deps, session);
      return because === undefined ? plan(session) : refused(because);
    });
  } catch (error) {
    if (codeOf(error) === "bad-input") return refused(messageOf(error));
    throw error;
  }
}

/** Opens the target of an approved plan, and throws `conflict` unless it is exactly the server that was approved. */
export async function applyOn(deps: RedisActionDeps, plan: Plan, apply: (session: RedisSession) => Promise<void>): Promise<void> {
  await withSession(deps, plan.target, async (session) => {
    const because = (await refusal(deps, session)) ?? moved(plan, session);
    if (because !== undefined) throw new OomphError("conflict", `Nothing was done: ${because}`);
    for (const { node, runId } of session.servers) node.pinTo(runId); // connections are opened as needed, and may be lost
    await apply(session);
  });
}

/** Opens a target to read from it. */
export async function withSession<Result>(
  deps: RedisActionDeps,
  target: Target,
  work: (session: RedisSession) => Promise<Result>,
): Promise<Result> {
  const connection = await deps.servers.open(target.name);
  try {
    const servers = await Promise.all(connection.nodes.map(lookAt));
    return await work({
      name: target.name,
      topology: connection.topology,
      settings: deps.servers.settings(target.name),
      ...given({ containerLimitBytes: connection.containerLimitBytes }),
      servers: servers.toSorted((left, right) => (left.runId < right.runId ? -1 : 1)),
      missing: connection.missing,
    });
  } finally {
    await connection.close();
  }
}

export function refused(because: string): Planned {
  return { kind: "refused", because };
}

/** Which server processes a plan is about: a part of every scope. */
export function runIds(session: RedisSession): readonly string[] {
  return session.servers.map(({ runId }) => runId);
}

/** Are these still the processes that the plan was made on? */
export function isSameServers(plan: Plan, session: RedisSession): boolean {
  return sameList(plan.scope["servers"], runIds(session));
}

async function lookAt(node: KeyValueNode): Promise<Server> {
  const info = await node.info();
  return { node, info, runId: info["run_id"] ?? "" };
}

async function refusal(deps: RedisActionDeps, session: RedisSession): Promise<string | undefined> {
  const nameless = session.servers.find(({ runId }) => runId === "");
  if (nameless !== undefined) {
    return `${nameless.node.address} does not tell its run_id (INFO server), so it cannot be told from the Redis that Oomph itself runs on. Allow Oomph's user INFO.`;
  }
  const own = await ownRunIds(deps);
  if (own.kind === "unknown") {
    return `the Redis that Oomph itself runs on could not be identified (${own.because}), so this one might be it. Try again when Oomph's own Redis answers.`;
  }
  if (session.servers.some(({ runId }) => own.ids.includes(runId))) {
    return `redis/${session.name} is the Redis that Oomph itself runs on. Oomph never changes or flushes that one: its queue lives there.`;
  }
  const [missing] = session.missing;
  if (missing !== undefined) {
    return `not every master of redis/${session.name} answers (${missing.address}: ${missing.because}), and an act on a part of a cluster is none that can be checked. Bring that master back first.`;
  }
  const replica = session.servers.find(({ info }) => info["role"] === "slave");
  if (replica === undefined) return undefined;
  return `${replica.node.address} is a replica of ${replica.info["master_host"] ?? "?"}:${replica.info["master_port"] ?? "?"}. Changes are made on the master: ask for that connection.`;
}

type OwnRedis = { readonly kind: "known"; readonly ids: readonly string[] } | { readonly kind: "unknown"; readonly because: string };

async function ownRunIds(deps: RedisActionDeps): Promise<OwnRedis> {
  try {
    const ids = (await deps.ownRedis()).filter((id) => id !== "");
    return ids.length > 0 ? { kind: "known", ids } : { kind: "unknown", because: "it told no run_id" };
  } catch (error) {
    return { kind: "unknown", because: messageOf(error) };
  }
}

function moved(plan: Plan, session: RedisSession): string | undefined {
  if (isSameServers(plan, session)) return undefined;
  return `redis/${session.name} is not the server that was approved any more: it was restarted or has failed over since. Ask again for a new plan.`;
}

function sameList(planned: Json | undefined, now: readonly string[]): boolean {
  return Array.isArray(planned) && planned.length === now.length && now.every((id) => planned.includes(id));
}
