import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { Action, RunFacts } from "../../src/actions/action.ts";
import { OomphError } from "../../src/domain/errors.ts";
import type { Desk } from "../../src/incidents/desk.ts";
import { observeSurely, planAnew, verifySurely } from "../../src/jobs/look-surely.ts";
import { SHOP, startDesk, type TestDesk } from "../support/desk.ts";
import { takeApproved } from "../support/held.ts";

const AWAY = new OomphError("unreachable", "redis/shop refuses connections", { retryable: true });
const SIGNAL = new AbortController().signal;

describe("looking at a target after an act", () => {
  let test: TestDesk;
  let slept: number[];
  let desk: Desk;

  beforeEach(async () => {
    test = await startDesk();
    slept = [];
    desk = { ...test.desk, clock: { ...test.desk.clock, sleep: async (ms) => void slept.push(ms) } };
  });
  afterEach(() => test.stop());

  const look = async (change: Partial<Action>, attempts = 3) => {
    const { request, run } = await takeApproved(test);
    const facts: RunFacts = { id: run.id, begunAtMs: 1 };
    return { action: { ...test.action, ...change }, plan: request.plan, run: facts, patience: { attempts, everyMs: 70 } };
  };

  it("asks as often as it should, pausing between, and not after the last time", async () => {
    let asked = 0;
    const observe: Action["observe"] = () => {
      asked += 1;
      return Promise.reject(AWAY);
    };
    const seen = await observeSurely(desk, await look({ observe }), SIGNAL);
    expect(seen).toEqual({ kind: "unknown", says: "the target could not be looked at (redis/shop refuses connections)" });
    expect([asked, slept]).toEqual([3, [70, 70]]);
  });

  it("takes the first answer that it gets", async () => {
    let asked = 0;
    const observe: Action["observe"] = async () => {
      asked += 1;
      if (asked === 1) throw AWAY;
      return { kind: "not-done", says: "the lever was not moved" };
    };
    expect(await observeSurely(desk, await look({ observe }), SIGNAL)).toEqual({ kind: "not-done", says: "the lever was not moved" });
    expect(asked).toBe(2);
  });

  it("tells the action how far the act had come, as saved last and not as it was when the run was read", async () => {
    let checkpoint: unknown;
    const observe: Action["observe"] = async (_plan, run) => {
      checkpoint = run.checkpoint;
      return { kind: "done", says: "on" };
    };
    const looking = await look({ observe });
    await test.desk.store.runs.checkpoint(looking.run.id, { changed: 7 });
    await observeSurely(desk, looking, SIGNAL);
    expect(checkpoint).toEqual({ changed: 7 });
  });

  it("says that it was done where only its effect cannot be measured", async () => {
    const looked = await verifySurely(desk, await look({ verify: () => Promise.reject(AWAY) }, 1), SIGNAL);
    expect(looked).toEqual({
      kind: "unknown",
      because: "it was done, but whether it helped could not be measured (redis/shop refuses connections): look at the target",
    });
    expect(slept).toEqual([]);
  });

  it("stops waiting when the process drains", async () => {
    const draining = AbortSignal.abort(new OomphError("conflict", "Oomph is stopping", { retryable: true }));
    const looking = { ...(await look({ observe: () => Promise.reject(AWAY) })), patience: { attempts: 2, everyMs: 60_000 } };
    await expect(observeSurely(test.desk, looking, draining)).rejects.toThrow("Oomph is stopping");
  });
});

describe("planning anew", () => {
  const action = (plan: Action["plan"]): Action => ({
    id: "test",
    title: "Test",
    risk: "change",
    targetKind: "redis",
    params: [],
    plan,
    apply: async () => undefined,
    observe: async () => ({ kind: "unknown", says: "" }),
    verify: async () => ({ helped: true, says: "", rows: [] }),
    wayBack: () => undefined,
  });

  it("is refused by a target that is away; a mistake of our own is not taken for that", async () => {
    const away = action(() => Promise.reject(AWAY));
    expect(await planAnew(away, SHOP, {})).toEqual({ kind: "refused", because: "redis/shop refuses connections" });
    const broken = action(() => Promise.reject(new TypeError("undefined is not a function")));
    await expect(planAnew(broken, SHOP, {})).rejects.toThrow(TypeError);
  });
});
