import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ContainerUsage } from "../../src/domain/workload.ts";
import type { Cluster, MemorySource } from "../../src/ports/clusters.ts";

/** A cluster with a pod of one container, `main`, that runs, and whose label `app` is the pod's name. */
export type MemoryLab = {
  readonly cluster: Pick<Cluster, "usage" | "nodeUsage" | "facts">;
  /** The same cluster, without leave to look into the pod's namespace. */
  readonly denied: Pick<Cluster, "usage">;
  readonly source: MemorySource;
  readonly namespace: string;
  readonly pod: string;
  readonly node: string;
  /** Bytes that the container has at least, and surely not more than. */
  readonly bytes: readonly [number, number];
  stop(): Promise<void>;
};

/** What holds for memory wherever it is read. */
export function clusterMemoryContract(title: string, start: () => Promise<MemoryLab>): void {
  describe(`memory of a cluster: ${title}`, () => {
    let lab: MemoryLab;
    beforeAll(async () => {
      lab = await start();
    });
    afterAll(() => lab?.stop());

    /** What a container has taken is measured some seconds later. */
    async function measured(query: Parameters<Cluster["usage"]>[0]): Promise<ContainerUsage> {
      let found: ContainerUsage | undefined;
      await expect
        .poll(
          async () =>
            (found = (await all(lab.cluster, query)).find(
              ({ pod, workingSetBytes }) => pod === lab.pod && workingSetBytes >= lab.bytes[0],
            )),
          { timeout: 240_000, interval: 500 },
        )
        .toBeDefined();
      if (found === undefined) throw new Error("Expected a reading.");
      return found;
    }

    test("where it comes from", async () => {
      expect((await lab.cluster.facts()).memoryFrom).toBe(lab.source);
    });

    test("a container is among all, with its bytes and their time", async () => {
      const { pod, namespace } = lab;
      const reading = await measured({});
      expect(reading).toMatchObject({ namespace, pod, container: "main" });
      expect(reading.workingSetBytes).toBeLessThan(lab.bytes[1]);
      expect(reading.atMs).toBeGreaterThan(Date.parse("2020-01-01"));
    });

    test("of a namespace, of a selector, of a node: no more than that", async () => {
      const { namespace, pod, node } = lab;
      await measured({ namespace });
      const own = await all(lab.cluster, { namespace });
      expect(new Set(own.map((one) => one.namespace))).toEqual(new Set([namespace]));
      const selected = await all(lab.cluster, { namespace, selector: `app=${pod}` });
      expect(selected.map((one) => one.pod)).toEqual([pod]);
      expect(await all(lab.cluster, { namespace, selector: "app=nobody" })).toEqual([]);
      expect((await all(lab.cluster, { node })).map((one) => one.pod)).toContain(pod);
      expect((await all(lab.cluster, { namespace, node, selector: `app=${pod}` })).map((one) => one.pod)).toEqual([pod]);
    });

    test("a namespace that is not allowed is told of by nobody", async () => {
      const { namespace } = lab;
      expect((await all(lab.denied, {})).filter((one) => one.namespace === namespace)).toEqual([]);
      await expect(all(lab.denied, { namespace })).rejects.toMatchObject({ code: "no-rights" });
    });

    test("a node as a whole uses more than its container", async () => {
      const whole = await lab.cluster.nodeUsage(lab.node);
      expect(whole.workingSetBytes).toBeGreaterThan(lab.bytes[0]);
      expect(whole.atMs).toBeGreaterThan(Date.parse("2020-01-01"));
      await expect(lab.cluster.nodeUsage("no-such-node")).rejects.toMatchObject({ code: "not-found" });
    });

    test("who has given up is told nothing more", async () => {
      const given = AbortSignal.abort(new Error("given up"));
      await expect(all(lab.cluster, {}, given)).rejects.toThrow("given up");
    });
  });
}

async function all(
  cluster: Pick<Cluster, "usage">,
  query: Parameters<Cluster["usage"]>[0],
  signal: AbortSignal = new AbortController().signal,
): Promise<readonly ContainerUsage[]> {
  const readings: ContainerUsage[] = [];
  for await (const page of cluster.usage(query, signal)) readings.push(...page);
  return readings;
}
