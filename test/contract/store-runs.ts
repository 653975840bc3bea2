import { describe, expect, it } from "vitest";
import type { Ask } from "./store.ts";
import { T0_MS, aPlan, aVerification, anId, createRequest } from "./store-samples.ts";

export function runContract(ask: Ask): void {
  describe("runs", () => {
    it("are one per request, whoever asks first", async () => {
      const replicas = await ask.replicas();
      const { id: requestId } = await createRequest(replicas[0]);
      expect(await replicas[0].runs.find(requestId)).toBeUndefined();
      const runs = await Promise.all(
        Array.from({ length: 10 }, (_, at) => replicas[at % 2 === 0 ? 0 : 1].runs.ofRequest(requestId, anId("run"))),
      );
      expect(new Set(runs.map(({ id }) => id)).size).toBe(1);
      expect(runs[0]).toStrictEqual({ id: runs[0]?.id, requestId });
      expect(await replicas[1].runs.find(requestId)).toStrictEqual(runs[0]);
      await expect(replicas[0].runs.ofRequest("req_none", anId("run"))).rejects.toMatchObject({ code: "not-found" });
    });

    it("begin once", async () => {
      const replicas = await ask.replicas();
      const { id: requestId } = await createRequest(replicas[0]);
      const { id } = await replicas[0].runs.ofRequest(requestId, anId("run"));
      const begins = await Promise.all(
        Array.from({ length: 10 }, (_, at) => replicas[at % 2 === 0 ? 0 : 1].runs.begin(id, { begunAtMs: T0_MS + at, plan: aPlan() })),
      );
      expect(begins.filter(Boolean)).toHaveLength(1);
      const winner = begins.indexOf(true);
      expect(await replicas[1].runs.get(id)).toStrictEqual({ id, requestId, begunAtMs: T0_MS + winner, plan: aPlan() });
    });

    it("keep how far they came and how they ended", async () => {
      const store = await ask.store();
      const { id: requestId } = await createRequest(store);
      const { id } = await store.runs.ofRequest(requestId, anId("run"));
      await store.runs.begin(id, { begunAtMs: T0_MS, plan: aPlan({ confirm: "x" }) });
      await store.runs.checkpoint(id, { cursor: "42", done: 1000 });
      await store.runs.checkpoint(id, null);
      const observation = { kind: "unknown", says: "nobody can tell" } as const;
      await store.runs.end(id, { observation });
      await store.runs.end(id, { endedAtMs: T0_MS + 5, verification: aVerification });
      expect(await store.runs.get(id)).toStrictEqual({
        id,
        requestId,
        begunAtMs: T0_MS,
        plan: aPlan({ confirm: "x" }),
        checkpoint: null,
        observation,
        endedAtMs: T0_MS + 5,
        verification: aVerification,
      });
      await expect(store.runs.checkpoint("run_none", 1)).rejects.toMatchObject({ code: "not-found" });
      await expect(store.runs.end("run_none", {})).rejects.toMatchObject({ code: "not-found" });
      expect(await store.runs.get("run_none")).toBeUndefined();
    });
  });
}
