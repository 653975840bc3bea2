import { describe, expect, it } from "vitest";
import type { Escalation, Raising } from "../../src/domain/escalation.ts";
import type { Store } from "../../src/ports/store.ts";
import type { Ask } from "./store.ts";
import { MINUTE_MS, T0_MS, anId, openIncident } from "./store-samples.ts";

const UPDATE_EVERY_MS = 15 * MINUTE_MS;

/** Raises something for an incident of its own, unless one is given. */
async function raise(store: Store, change: Partial<Raising> = {}, nowMs = T0_MS): Promise<Escalation> {
  const incidentId = change.incidentId ?? (await openIncident(store)).id;
  const raising: Raising = { incidentId, kind: "github-issue", key: "critical", event: "critical", says: "kong uses 86%", ...change };
  const id = await store.escalations.raise(raising, { newId: anId("esc"), nowMs, updateEveryMs: UPDATE_EVERY_MS });
  const raised = await store.escalations.get(id);
  if (raised === undefined) throw new Error(`expected to find ${id}, which was just raised`);
  return raised;
}

async function claimAndSend(store: Store, { id, times }: Escalation, atMs: number): Promise<void> {
  expect(await store.escalations.claim(id, atMs + MINUTE_MS, atMs)).toBe(true);
  await store.escalations.sent(id, { times, atMs, nextUpdateAtMs: atMs, reached: [] });
}

export function escalationContract(ask: Ask): void {
  describe("escalations: raising", () => {
    it("makes a row that comes back whole", async () => {
      const store = await ask.store();
      const raised = await raise(store);
      const expected: Escalation = {
        id: raised.id,
        incidentId: raised.incidentId,
        kind: "github-issue",
        key: "critical",
        event: "critical",
        says: "kong uses 86%",
        raisedAtMs: T0_MS,
        lastRaisedAtMs: T0_MS,
        times: 1,
        sentTimes: 0,
        state: "due",
        dueSinceMs: T0_MS,
        attempts: 0,
        nextAttemptAtMs: T0_MS,
        reached: [],
      };
      expect(raised).toStrictEqual(expected);
      expect(await store.escalations.ofIncident(raised.incidentId)).toStrictEqual([expected]);
      expect(await store.escalations.get("esc_none")).toBeUndefined();
      expect(await store.escalations.ofIncident("inc_none")).toStrictEqual([]);
    });

    it("counts a repeat, and keeps the newest words, however many speak at once", async () => {
      const replicas = await ask.replicas();
      const { id, incidentId } = await raise(replicas[0]);
      await Promise.all([1, 2, 3, 4].map((at) => raise(replicas[at % 2 === 0 ? 0 : 1], { incidentId, says: "90%" }, T0_MS + 5)));
      expect(await replicas[0].escalations.ofIncident(incidentId)).toMatchObject([
        { id, times: 5, says: "90%", raisedAtMs: T0_MS, lastRaisedAtMs: T0_MS + 5, state: "due", nextAttemptAtMs: T0_MS },
      ]);
      await raise(replicas[0], { incidentId, kind: "mail" });
      await raise(replicas[1], { incidentId, key: "killed", event: "killed" });
      const keys = (await replicas[0].escalations.ofIncident(incidentId)).map(({ kind, key }) => `${kind} ${key}`);
      expect(keys).toStrictEqual(["github-issue critical", "mail critical", "github-issue killed"]);
    });

    it("has an issue updated after a while, and a mail sent once", async () => {
      const store = await ask.store();
      const issue = await raise(store);
      const { incidentId } = issue;
      const mail = await raise(store, { incidentId, kind: "mail" });
      await claimAndSend(store, issue, T0_MS + 10);
      await claimAndSend(store, mail, T0_MS + 10);
      await raise(store, { incidentId }, T0_MS + 20);
      await raise(store, { incidentId, kind: "mail" }, T0_MS + 20);
      const dueAtMs = T0_MS + 10 + UPDATE_EVERY_MS;
      expect(await store.escalations.get(issue.id)).toMatchObject({
        state: "due",
        times: 2,
        sentTimes: 1,
        nextAttemptAtMs: dueAtMs,
        dueSinceMs: dueAtMs,
      });
      expect(await store.escalations.get(mail.id)).toMatchObject({ state: "sent", times: 2 });
      expect(await store.escalations.due(dueAtMs - 1, 9)).toStrictEqual([]);
      expect(await store.escalations.due(dueAtMs, 9)).toMatchObject([{ id: issue.id }]);
      await claimAndSend(store, await raise(store, { incidentId }, dueAtMs), dueAtMs);
      await raise(store, { incidentId }, dueAtMs + UPDATE_EVERY_MS);
      expect(await store.escalations.get(issue.id)).toMatchObject({ state: "due", nextAttemptAtMs: dueAtMs + UPDATE_EVERY_MS });
    });

    it("revives what had failed", async () => {
      const store = await ask.store();
      const { id, incidentId } = await raise(store, { kind: "mail" });
      await store.escalations.claim(id, T0_MS + 9, T0_MS);
      await store.escalations.postpone(id, { nextAttemptAtMs: T0_MS + 10, error: "550", told: "refused", reached: ["a@example.com"] });
      await store.escalations.fail(id, "550 for a day");
      expect(await store.escalations.get(id)).toMatchObject({ state: "failed", lastError: "550 for a day", told: "refused", attempts: 1 });
      const revived = await raise(store, { incidentId, kind: "mail" }, T0_MS + 99);
      expect(revived).toMatchObject({ state: "due", attempts: 0, nextAttemptAtMs: T0_MS + 99, dueSinceMs: T0_MS + 99 });
      expect(revived).toMatchObject({ firstAttemptAtMs: T0_MS, reached: ["a@example.com"] });
      expect(revived).not.toHaveProperty("told");
    });
  });

  describe("escalations: sending", () => {
    it("lets one sender claim what is due", async () => {
      const replicas = await ask.replicas();
      const { id } = await raise(replicas[0]);
      expect(await replicas[0].escalations.claim(id, T0_MS + 5, T0_MS - 1)).toBe(false);
      const claims = Array.from({ length: 10 }, (_, at) => replicas[at % 2 === 0 ? 0 : 1].escalations.claim(id, T0_MS + 5, T0_MS));
      expect((await Promise.all(claims)).filter(Boolean)).toHaveLength(1);
      expect(await replicas[0].escalations.get(id)).toMatchObject({ claimedUntilMs: T0_MS + 5, firstAttemptAtMs: T0_MS });
      expect(await replicas[0].escalations.due(T0_MS + 4, 9)).toStrictEqual([]);
      expect(await replicas[0].escalations.claim(id, T0_MS + 9, T0_MS + 5)).toBe(true);
      expect(await replicas[0].escalations.get(id)).toMatchObject({ firstAttemptAtMs: T0_MS });
      await replicas[0].escalations.sent(id, {
        times: 1,
        atMs: T0_MS + 6,
        nextUpdateAtMs: T0_MS + 7,
        reached: [],
        externalId: "9",
        externalUrl: "https://example.com/9",
      });
      const sent = await replicas[1].escalations.get(id);
      expect(sent).toMatchObject({
        state: "sent",
        sentAtMs: T0_MS + 6,
        externalId: "9",
        externalUrl: "https://example.com/9",
        sentTimes: 1,
      });
      expect(sent).not.toHaveProperty("claimedUntilMs");
      expect(await replicas[0].escalations.claim(id, T0_MS + 99, T0_MS + 50)).toBe(false);
      expect(await replicas[0].escalations.claim("esc_none", T0_MS + 99, T0_MS)).toBe(false);
      await expect(
        replicas[0].escalations.sent("esc_none", { times: 1, atMs: T0_MS, nextUpdateAtMs: T0_MS, reached: [] }),
      ).rejects.toMatchObject({
        code: "not-found",
      });
    });

    it("keeps an incident's order within a kind, and lets kinds and incidents go side by side", async () => {
      const store = await ask.store();
      const first = await raise(store);
      const { incidentId } = first;
      const second = await raise(store, { incidentId, key: "resolved", event: "resolved" }, T0_MS + 1);
      const mail = await raise(store, { incidentId, kind: "mail" }, T0_MS + 2);
      const elsewhere = await raise(store, {}, T0_MS + 3);
      const dueIds = async (nowMs: number): Promise<readonly string[]> => (await store.escalations.due(nowMs, 9)).map(({ id }) => id);

      expect(await dueIds(T0_MS + 9)).toStrictEqual([first.id, mail.id, elsewhere.id]);
      expect(await store.escalations.claim(second.id, T0_MS + 99, T0_MS + 9)).toBe(false);
      expect(await store.escalations.claim(first.id, T0_MS + 20, T0_MS + 9)).toBe(true);
      expect(await store.escalations.claim(mail.id, T0_MS + 20, T0_MS + 9)).toBe(true);
      expect(await dueIds(T0_MS + 19)).toStrictEqual([elsewhere.id]);
      await store.escalations.postpone(first.id, { nextAttemptAtMs: T0_MS + 500, error: "503" });
      expect(await dueIds(T0_MS + 30)).toStrictEqual([mail.id, elsewhere.id]);
      expect(await dueIds(T0_MS + 500)).toStrictEqual([mail.id, elsewhere.id, first.id]);
      await claimAndSend(store, first, T0_MS + 500);
      expect(await store.escalations.claim(second.id, T0_MS + 600, T0_MS + 501)).toBe(true);
    });

    it("does not hold the end of a trouble up for an update that may wait", async () => {
      const store = await ask.store();
      const first = await raise(store);
      await claimAndSend(store, first, T0_MS);
      await raise(store, { incidentId: first.incidentId }, T0_MS + 1);
      const end = await raise(store, { incidentId: first.incidentId, key: "resolved", event: "resolved" }, T0_MS + 2);
      expect(await store.escalations.due(T0_MS + 2, 9)).toMatchObject([{ id: end.id }]);
      expect(await store.escalations.claim(end.id, T0_MS + 99, T0_MS + 2)).toBe(true);
    });

    it("keeps an issue due that was raised again while it was sent, and ends a mail", async () => {
      const store = await ask.store();
      for (const kind of ["github-issue", "mail"] as const) {
        const { id, incidentId, times } = await raise(store, { kind });
        await store.escalations.claim(id, T0_MS + 9, T0_MS);
        await raise(store, { kind, incidentId }, T0_MS + 1);
        await store.escalations.sent(id, { times, atMs: T0_MS + 2, nextUpdateAtMs: T0_MS + 500, reached: [] });
        expect(await store.escalations.get(id)).toMatchObject({ state: kind === "mail" ? "sent" : "due", sentTimes: 1, times: 2 });
        expect(await store.escalations.get(id)).toMatchObject({ nextAttemptAtMs: T0_MS + 500, dueSinceMs: T0_MS + 500 });
      }
    });

    it("postpones what is due only, and forgets the error once it is sent", async () => {
      const store = await ask.store();
      const { id } = await raise(store, { kind: "mail" });
      await store.escalations.claim(id, T0_MS + 9, T0_MS);
      await store.escalations.postpone(id, { nextAttemptAtMs: T0_MS + 5, error: "451", told: "late", reached: ["a@example.com"] });
      await store.escalations.postpone(id, { nextAttemptAtMs: T0_MS + 7, error: "452" });
      const late = { attempts: 2, nextAttemptAtMs: T0_MS + 7, lastError: "452", told: "late", reached: ["a@example.com"] };
      expect(await store.escalations.get(id)).toMatchObject(late);
      await store.escalations.sent(id, {
        times: 1,
        atMs: T0_MS + 8,
        nextUpdateAtMs: T0_MS + 8,
        reached: ["a@example.com", "b@example.com"],
      });
      await store.escalations.postpone(id, { nextAttemptAtMs: T0_MS + 9, error: "late" });
      await store.escalations.fail(id, "late");
      const sent = await store.escalations.get(id);
      expect(sent).toMatchObject({ state: "sent", attempts: 0, reached: ["a@example.com", "b@example.com"] });
      expect(sent).not.toHaveProperty("lastError");
      expect(sent).not.toHaveProperty("told");
    });
  });
}
