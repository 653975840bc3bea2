import { OomphError } from "../../domain/errors.ts";
import type { Observation, Plan } from "../../domain/plan.ts";
import type { RunHandle } from "../action.ts";
import type { RedisActionDeps } from "./deps.ts";
import { applyOn, isSameServers, withSession, type RedisSession, type Server } from "./redis-session.ts";
import { ConfigBefore, readBefore } from "./stored/schema.ts";
import { commandCalls } from "./vitals.ts";

/** One setting on every master: `field` in INFO, `name` for CONFIG SET. */
export type Setting = { readonly name: string; readonly field: string };

/** A change of it: run_id → value before, and the value that it shall have. */
export type SettingChange = { readonly from: Readonly<Record<string, string>>; readonly to: string; readonly persist: boolean };

/** run_id → the setting's value as the server tells it in INFO. */
export function readSetting(session: RedisSession, { field }: Setting): Readonly<Record<string, string>> {
  return Object.fromEntries(session.servers.map(({ runId, info }) => [runId, info[field] ?? ""]));
}

/** Why a change cannot be made to last over a restart; undefined: it can. */
export function cannotPersist(session: RedisSession): string | undefined {
  const server = session.servers.find(({ info }) => info["config_file"] === "");
  if (server === undefined) return undefined;
  return `${server.node.address} runs without a config file, so a change cannot be written down there: leave out --persist, and change the configuration that it is deployed with.`;
}

/** run_id → CONFIG REWRITE calls counted so far, where the server counts them. */
export function rewriteCalls(session: RedisSession): Record<string, number> {
  return Object.fromEntries(
    session.servers.flatMap(({ runId, info }) => {
      const calls = commandCalls(info, "config|rewrite");
      return calls === undefined ? [] : [[runId, calls]];
    }),
  );
}

/** A change and the setting that it is of. */
export type Configuring = { readonly setting: Setting; readonly change: SettingChange };

/** CONFIG SET on every master that still has the value it had; `conflict` when one has neither the old nor the new. */
export async function applySetting(
  deps: RedisActionDeps,
  { plan, run }: { readonly plan: Plan; readonly run: RunHandle },
  { setting, change }: Configuring,
): Promise<void> {
  await applyOn(deps, plan, async (session) => {
    const stray = session.servers.find(
      ({ runId, info }) => info[setting.field] !== change.from[runId] && info[setting.field] !== change.to,
    );
    if (stray !== undefined)
      throw new OomphError(
        "conflict",
        `Nothing was done: ${state(stray, setting)} by now, which is not what was approved. Ask again for a new plan.`,
      );
    run.signal.throwIfAborted();
    for (const { node } of session.servers) {
      await node.setConfig(setting.name, change.to);
      if (change.persist) await node.rewriteConfig();
    }
  });
}

/** Is the setting as it was, as it shall be, or something else? */
export async function observeSetting(deps: RedisActionDeps, plan: Plan, { setting, change }: Configuring): Promise<Observation> {
  return withSession(deps, plan.target, async (session) => {
    const says = session.servers.map((server) => state(server, setting)).join("; ");
    if (!isSameServers(plan, session)) return { kind: "unknown", says: `the server was restarted or has failed over since: ${says}` };
    const onlyPersists = Object.values(change.from).every((value) => value === change.to);
    const asBefore = session.servers.every(({ runId, info }) => info[setting.field] === change.from[runId]);
    if (asBefore && !onlyPersists) return { kind: "not-done", says };
    if (!isChanged(session, setting, change)) return { kind: "unknown", says: `it is neither as before nor as approved: ${says}` };
    if (!change.persist || isRewritten(session, plan)) return { kind: "done", says };
    return {
      kind: "unknown",
      says: `${says}, which is in effect, but whether it was written to the config file cannot be told`,
    };
  });
}

/** Has every master the new value? */
export function isChanged(session: RedisSession, { field }: Setting, { to }: Pick<SettingChange, "to">): boolean {
  return session.servers.every(({ info }) => info[field] === to);
}

function isRewritten(session: RedisSession, plan: Plan): boolean {
  const before = readBefore(ConfigBefore, plan).rewriteCalls;
  return session.servers.every(({ runId, info }) => {
    const then = before[runId];
    const now = commandCalls(info, "config|rewrite");
    return then !== undefined && now !== undefined && now > then;
  });
}

function state({ node, info }: Server, { name, field }: Setting): string {
  return `${node.address} has ${name} ${info[field] ?? "unknown"}`;
}
