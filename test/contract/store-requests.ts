import { describe, expect, it } from "vitest";
import type { Decision, RequestState } from "../../src/domain/action-request.ts";
import type { Store } from "../../src/ports/store.ts";
import type { Ask } from "./store.ts";
import { T0_MS, aRequest, createRequest } from "./store-samples.ts";

const PAIR = { name: "two", approvers: ["U_BOB", "U_CAROL"], approvalsNeeded: 2, breakGlass: true } as const;

function word(requestId: string, userId: string, kind: Decision["kind"] = "approve"): Decision {
  return { requestId, userId, kind, atMs: T0_MS + 1 };
}

export function requestContract(ask: Ask): void {
  describe("action requests", () => {
    it("come back as they were made", async () => {
      const store = await ask.store();
      const request = await createRequest(store);
      expect(await store.requests.get(request.id)).toStrictEqual(request);
      await expect(store.requests.create(request)).rejects.toMatchObject({ code: "conflict" });
      const typed = await createRequest(store, { reason: 'it\'s "down"\n', shell: { login: "deploy", host: "web-1" } });
      expect(await store.requests.get(typed.id)).toStrictEqual(typed);
      expect(await store.requests.get("<!channel>'; drop table action_requests; --\0")).toBeUndefined();
    });

    it("are refused where no approval would be needed", async () => {
      const store = await ask.store();
      const request = aRequest({ policy: { name: "open", approvers: [], approvalsNeeded: 0, breakGlass: false } });
      await expect(store.requests.create(request)).rejects.toMatchObject({ code: "bad-input" });
    });

    it("go through their states, and only an ended one has an end", async () => {
      const store = await ask.store();
      const request = await createRequest(store);
      const steps: readonly (readonly [RequestState, RequestState])[] = [
        ["pending", "approved"],
        ["approved", "executing"],
        ["executing", "verifying"],
      ];
      for (const [from, to] of steps) {
        expect(await store.requests.transition(request.id, [from], to, { atMs: T0_MS + 1 })).toBe(true);
        expect(await store.requests.get(request.id)).toStrictEqual({ ...request, state: to });
      }
      const end = { atMs: T0_MS + 9, outcome: "it did not help" };
      expect(
        await store.requests.transition(request.id, ["executing", "verifying"], "ineffective", end).catch((error: unknown) => error),
      ).toMatchObject({
        code: "internal",
      });
      expect(await store.requests.transition(request.id, ["verifying"], "ineffective", end)).toBe(true);
      expect(await store.requests.get(request.id)).toStrictEqual({
        ...request,
        state: "ineffective",
        endedAtMs: T0_MS + 9,
        outcome: "it did not help",
      });
      expect(await store.requests.transition(request.id, ["verifying"], "failed", end)).toBe(false);
      await expect(store.requests.transition(request.id, ["ineffective"], "pending", end)).rejects.toMatchObject({ code: "internal" });
    });

    it.each(["denied", "expired", "superseded", "cancelled"] as const)("ends when %s", async (to) => {
      const store = await ask.store();
      const request = await createRequest(store);
      expect(await store.requests.transition(request.id, ["pending"], to, { atMs: T0_MS + 3, supersededBy: "req_next" })).toBe(true);
      expect(await store.requests.get(request.id)).toStrictEqual({ ...request, state: to, endedAtMs: T0_MS + 3, supersededBy: "req_next" });
    });

    it("are listed newest first by state and incident, and when due to expire", async () => {
      const store = await ask.store();
      const first = await createRequest(store, { incidentId: "inc_a", expiresAtMs: T0_MS + 20 });
      const second = await createRequest(store, { incidentId: "inc_b", expiresAtMs: T0_MS + 10 });
      const third = await createRequest(store, { incidentId: "inc_a", expiresAtMs: T0_MS + 30 });
      await store.requests.transition(second.id, ["pending"], "approved", { atMs: T0_MS });
      await store.requests.transition(third.id, ["pending"], "denied", { atMs: T0_MS });
      const ids = (requests: readonly { readonly id: string }[]): readonly string[] => requests.map(({ id }) => id);
      expect(ids(await store.requests.list({ limit: 9 }))).toStrictEqual([third.id, second.id, first.id]);
      expect(ids(await store.requests.list({ incidentId: "inc_a", limit: 9 }))).toStrictEqual([third.id, first.id]);
      expect(ids(await store.requests.list({ states: ["pending", "approved"], limit: 1 }))).toStrictEqual([second.id]);
      expect(await store.requests.list({ states: [], limit: 9 })).toStrictEqual([]);
      expect(ids(await store.requests.due(T0_MS + 30))).toStrictEqual([second.id, first.id]);
      expect(ids(await store.requests.due(T0_MS + 10))).toStrictEqual([second.id]);
      expect(await store.requests.due(T0_MS + 9)).toStrictEqual([]);
    });
  });

  describe("decisions", () => {
    it("give each person one word per request", async () => {
      const store = await ask.store();
      const { id } = await createRequest(store);
      const other = await createRequest(store);
      const denial: Decision = { requestId: id, userId: "U_BOB", kind: "deny", reason: "not during the sale", atMs: T0_MS + 5 };
      expect(await store.requests.decide(denial)).toBe(true);
      expect(await store.requests.decide(word(id, "U_BOB"))).toBe(false);
      expect(await store.requests.decide(word(id, "U_CAROL"))).toBe(true);
      expect(await store.requests.decide(word(other.id, "U_BOB"))).toBe(true);
      expect(await store.requests.decisions(id)).toStrictEqual([word(id, "U_CAROL"), denial]);
      await expect(store.requests.decide(word("req_none", "U_BOB"))).rejects.toMatchObject({ code: "not-found" });
    });

    it("let one of ten simultaneous clicks of one person count", async () => {
      const replicas = await ask.replicas();
      const { id } = await createRequest(replicas[0]);
      const clicks = Array.from({ length: 10 }, (_, at) => replicas[at % 2 === 0 ? 0 : 1].requests.decide(word(id, "U_BOB")));
      expect((await Promise.all(clicks)).filter(Boolean)).toHaveLength(1);
    });

    it("approve once when ten people click at the same moment", async () => {
      const replicas = await ask.replicas();
      const { id } = await createRequest(replicas[0], { policy: PAIR });
      const click = (store: Store, userId: string): Promise<boolean> =>
        store.transaction(async (tables) => {
          await tables.requests.decide(word(id, userId));
          return tables.requests.approveIfAgreed(id, T0_MS + 1);
        });
      const clicks = Array.from({ length: 10 }, (_, at) => click(replicas[at % 2 === 0 ? 0 : 1], `U_${at}`));
      expect((await Promise.all(clicks)).filter(Boolean)).toHaveLength(1);
      expect(await replicas[1].requests.get(id)).toMatchObject({ state: "approved" });
      expect(await replicas[1].requests.decisions(id)).toHaveLength(10);
    });
  });

  describe("approval", () => {
    it("needs as many different people as the policy says", async () => {
      const store = await ask.store();
      const { id } = await createRequest(store, { policy: PAIR });
      expect(await store.requests.approveIfAgreed(id, T0_MS)).toBe(false);
      await store.requests.decide(word(id, "U_BOB"));
      await store.requests.decide(word(id, "U_BOB"));
      expect(await store.requests.approveIfAgreed(id, T0_MS)).toBe(false);
      await store.requests.decide(word(id, "U_CAROL", "deny"));
      expect(await store.requests.approveIfAgreed(id, T0_MS)).toBe(false);
      await store.requests.decide(word(id, "U_DAVE"));
      expect(await store.requests.approveIfAgreed(id, T0_MS)).toBe(true);
      expect(await store.requests.approveIfAgreed(id, T0_MS)).toBe(false);
    });

    it("does not count the requester, nor words on other requests", async () => {
      const store = await ask.store();
      const { id } = await createRequest(store);
      const other = await createRequest(store);
      await store.requests.decide(word(id, "U_ALICE"));
      await store.requests.decide(word(other.id, "U_BOB"));
      expect(await store.requests.approveIfAgreed(id, T0_MS)).toBe(false);
      expect(await store.requests.approveIfAgreed(other.id, T0_MS)).toBe(true);
    });

    it("is given by one who broke the glass", async () => {
      const store = await ask.store();
      const { id } = await createRequest(store, { policy: PAIR });
      await store.requests.decide({ ...word(id, "U_ALICE", "break-glass"), reason: "nobody else is awake" });
      expect(await store.requests.approveIfAgreed(id, T0_MS)).toBe(true);
    });

    it("comes too late at the moment of expiry", async () => {
      const store = await ask.store();
      const { id, expiresAtMs } = await createRequest(store);
      await store.requests.decide(word(id, "U_BOB"));
      expect(await store.requests.approveIfAgreed(id, expiresAtMs)).toBe(false);
      expect(await store.requests.approveIfAgreed(id, expiresAtMs - 1)).toBe(true);
    });

    it("is not given to what is no longer pending", async () => {
      const store = await ask.store();
      const { id } = await createRequest(store);
      await store.requests.decide(word(id, "U_BOB"));
      await store.requests.transition(id, ["pending"], "cancelled", { atMs: T0_MS });
      expect(await store.requests.approveIfAgreed(id, T0_MS)).toBe(false);
      expect(await store.requests.get(id)).toMatchObject({ state: "cancelled" });
    });
  });
}
