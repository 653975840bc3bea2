import { describe, expect, it } from "vitest";
import type { MemoryReading } from "../../src/domain/memory.ts";
import type { WatchedTarget } from "../../src/domain/watch.ts";
import type { Ask } from "./store.ts";
import { MINUTE_MS, T0_MS } from "./store-samples.ts";

const MIB = 2 ** 20;
const reading = (minute: number, change: Partial<MemoryReading> = {}): MemoryReading => ({
  atMs: T0_MS + minute * MINUTE_MS,
  usageBytes: (100 + minute) * MIB,
  limitBytes: 512 * MIB,
  startedAtMs: T0_MS,
  ...change,
});
const watched = (name: string, change: Partial<WatchedTarget> = {}): WatchedTarget => ({
  target: { kind: "docker", connection: "local", name },
  seenAtMs: T0_MS + 5 * MINUTE_MS,
  pressure: { level: "ok" },
  marks: [],
  ...change,
});

export function watchContract(ask: Ask): void {
  describe("readings", () => {
    it("come back oldest first, of one target, from a time on", async () => {
      const store = await ask.store();
      const bare: MemoryReading = { atMs: T0_MS, usageBytes: 7 };
      await store.readings.add([
        { targetKey: "docker/a", reading: reading(10) },
        { targetKey: "docker/a", reading: reading(5) },
        { targetKey: "docker/b", reading: bare },
      ]);
      expect(await store.readings.of("docker/a", 0)).toEqual([reading(5), reading(10)]);
      expect(await store.readings.of("docker/a", T0_MS + 6 * MINUTE_MS)).toEqual([reading(10)]);
      expect(await store.readings.of("docker/b", 0)).toEqual([bare]);
    });

    it("are kept as they first came, however many come at once", async () => {
      const store = await ask.store();
      const many = Array.from({ length: 2_500 }, (_, index) => ({ targetKey: `docker/${index % 50}`, reading: reading(index) }));
      await store.readings.add(many);
      await store.readings.add([{ targetKey: "docker/0", reading: reading(0, { usageBytes: 1 }) }]);
      expect(await store.readings.of("docker/0", 0)).toHaveLength(50);
      expect((await store.readings.of("docker/0", 0))[0]).toEqual(reading(0));
      await store.readings.add([]);
    });

    it("are thinned out: of what is old only the chosen ones stay", async () => {
      const store = await ask.store();
      const all = [0, 5, 10, 15].map((minute) => reading(minute));
      await store.readings.add(all.map((one) => ({ targetKey: "docker/a", reading: one })));
      await store.readings.thin("docker/a", T0_MS + 15 * MINUTE_MS, [reading(5), reading(15)]);
      expect(await store.readings.of("docker/a", 0)).toEqual([reading(5), reading(15)]);
    });
  });

  describe("watched targets", () => {
    it("come back as they were put, changed by the next put", async () => {
      const store = await ask.store();
      const kong = watched("kong", {
        pressure: { level: "warning", asked: { level: "critical", times: 1 } },
        leak: { sinceMs: T0_MS, says: "grows" },
        kills: { count: 2, firstMs: T0_MS, lastMs: T0_MS + 1 },
        marks: [{ atMs: T0_MS, kind: "kill" }],
      });
      await store.watched.put([kong, watched("web")]);
      expect(await store.watched.get("docker/kong")).toEqual(kong);
      await store.watched.put([watched("kong")]);
      expect(await store.watched.list(0)).toEqual([watched("kong"), watched("web")]);
      expect(await store.watched.get("docker/none")).toBeUndefined();
    });

    it("of a workload each container of each pod is kept by itself, and found by the owner", async () => {
      const store = await ask.store();
      const app = (name: string, pod: string, container: string): WatchedTarget => {
        const owner = { kind: "workload", connection: "my_eu", resource: "deploy", namespace: "shop", name } as const;
        return watched(name, { target: { ...owner, pod, container } });
      };
      const own = [app("web", "web-1", "app"), app("web", "web-1", "side"), app("web", "web-2", "app")];
      await store.watched.put([...own, app("web-api", "web-api-1", "app"), watched("web")]);
      expect(await store.watched.ofOwner("my_eu:deploy/shop/web")).toEqual(own);
      expect(await store.watched.get("my_eu:deploy/shop/web/web-1/side")).toEqual(own[1]);
      expect(await store.watched.ofOwner("docker/web")).toEqual([watched("web")]);
      expect(await store.watched.ofOwner("docker/none")).toEqual([]);
    });

    it("are forgotten with their readings when they have not been seen for long", async () => {
      const store = await ask.store();
      await store.watched.put([
        watched("old", { seenAtMs: T0_MS }),
        watched("new", { seenAtMs: T0_MS + 60 * MINUTE_MS, newest: reading(60) }),
      ]);
      await store.readings.add(["old", "new"].map((name) => ({ targetKey: `docker/${name}`, reading: reading(0) })));
      expect(await store.watched.list(T0_MS + MINUTE_MS)).toEqual([
        watched("new", { seenAtMs: T0_MS + 60 * MINUTE_MS, newest: reading(60) }),
      ]);
      expect(await store.watched.forget(T0_MS + MINUTE_MS)).toBe(1);
      expect(await store.readings.of("docker/old", 0)).toEqual([]);
      expect(await store.readings.of("docker/new", 0)).toHaveLength(1);
    });
  });

  describe("event cursors", () => {
    it("are kept per source", async () => {
      const store = await ask.store();
      expect(await store.cursors.get("docker/local")).toBeUndefined();
      await store.cursors.set("docker/local", { atNs: "1", seen: [] });
      await store.cursors.set("docker/local", { atNs: "1763780000000000001", seen: ["a", "b"] });
      expect(await store.cursors.get("docker/local")).toEqual({ atNs: "1763780000000000001", seen: ["a", "b"] });
    });
  });
}
