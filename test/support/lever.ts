import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Action } from "../../src/actions/action.ts";
import type { OomphError } from "../../src/domain/errors.ts";

/**
 * A thing to act on that outlives the process that acts: a lever in a file. Every apply is written down before it does
 * anything, so that a test can count them after a crash.
 */
export type Lever = {
  readonly directory: string;
  value(): string;
  set(value: string): void;
  /** Run ids, one per call of apply. */
  applied(): readonly string[];
  /** The next time the act comes to this point it stays there, until the process ends or `resume` is called. */
  pauseAt(point: LeverPoint): void;
  resume(): void;
  hasReached(point: LeverPoint): boolean;
  remove(): void;
};

export type LeverPoint = "plan" | "before-effect" | "half-way" | "after-effect" | "verify";

export function createLever(directory = mkdtempSync(join(tmpdir(), "oomph-lever-"))): Lever {
  const file = (name: string): string => join(directory, name);
  const read = (name: string): string => (existsSync(file(name)) ? readFileSync(file(name), "utf8") : "");
  return {
    directory,
    value: () => read("value") || "off",
    set: (value) => writeFileSync(file("value"), value),
    applied: () => read("applied").split("\n").filter(Boolean),
    pauseAt: (point) => writeFileSync(file("pause"), point),
    resume: () => writeFileSync(file("pause"), ""),
    hasReached: (point) => existsSync(file(`reached-${point}`)),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

export type LeverFaults = {
  /** Thrown by the method of that name, for as long as it is set. */
  plan?: OomphError;
  apply?: OomphError;
  observe?: OomphError;
  verify?: OomphError;
  /** What verify finds; absent: whether the lever is on. */
  helped?: boolean;
};

/** Turns the lever on. Its plan holds the value before, so that a lever moved by others is another plan. */
export function leverAction(lever: Lever, faults: LeverFaults = {}): Action {
  const reach = async (point: LeverPoint, signal?: AbortSignal): Promise<void> => {
    const pause = join(lever.directory, "pause");
    if (!existsSync(pause) || readFileSync(pause, "utf8") !== point) return;
    writeFileSync(join(lever.directory, `reached-${point}`), "");
    const stays = (): boolean => readFileSync(pause, "utf8") === point && signal?.aborted !== true;
    while (stays()) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  const fail = (fault: OomphError | undefined): void => {
    if (fault !== undefined) throw fault;
  };
  return {
    id: "test.pull-lever",
    title: "Pull the lever",
    risk: "change",
    targetKind: "redis",
    params: [{ name: "to", says: "on", required: true }],
    async plan(target, params) {
      await reach("plan");
      fail(faults.plan);
      if (params["to"] !== "on") return { kind: "refused", because: `expected to=on, got ${JSON.stringify(params["to"])}` };
      const before = lever.value();
      return {
        kind: "planned",
        plan: {
          actionId: "test.pull-lever",
          target,
          risk: "change",
          summary: `Pull the lever of redis/${target.name}`,
          changes: [{ what: "lever", before, after: "on" }],
          blastRadius: [],
          warnings: [],
          wayBack: "push it back",
          ...(lever.value() === "confirm-me" ? { confirm: "shop 2" } : {}),
          params: { to: "on" },
          scope: { from: before, to: "on" },
          before: { readAtMs: Date.now() },
        },
      };
    },
    async apply(_plan, run) {
      appendFileSync(join(lever.directory, "applied"), `${run.id}\n`);
      await reach("before-effect", run.signal);
      run.signal.throwIfAborted();
      fail(faults.apply);
      lever.set("half");
      await reach("half-way", run.signal);
      run.signal.throwIfAborted();
      await run.saveCheckpoint({ half: true });
      lever.set("on");
      await reach("after-effect", run.signal);
    },
    async observe(plan) {
      fail(faults.observe);
      const value = lever.value();
      if (value === "on") return { kind: "done", says: "the lever is on" };
      if (value === plan.scope["from"]) return { kind: "not-done", says: "the lever was not moved" };
      return { kind: "unknown", says: `the lever stands at ${value}` };
    },
    async verify(plan) {
      await reach("verify");
      fail(faults.verify);
      const helped = faults.helped ?? lever.value() === "on";
      const row = { what: "lever", before: JSON.stringify(plan.scope["from"]), after: lever.value(), ok: helped };
      return { helped, says: helped ? "The lever is on." : "It did not help.", rows: [row] };
    },
    wayBack: () => ({ actionId: "test.pull-lever", params: { to: "off" } }),
  };
}
