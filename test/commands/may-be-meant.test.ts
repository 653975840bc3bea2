import { expect, it } from "vitest";
import { createJudge } from "../../src/alerts/judge.ts";
import { readAlert } from "../../src/alerts/read-alert.ts";
import { mayBeMeant } from "../../src/commands/may-be-meant.ts";
import { DEFAULT_CONNECTION, formatTarget, type Target } from "../../src/domain/target.ts";
import type { MemoryTop } from "../../src/ports/memory-history.ts";
import { systemClock } from "../../src/adapters/system/system-clock.ts";
import { targetsOf } from "../support/targets.ts";

const API = { kind: "workload", connection: DEFAULT_CONNECTION, resource: "deploy", namespace: "rdev", name: "api" } as const;
const WORKER = { ...API, name: "worker" } as const;
const CART: Target = { kind: "docker", connection: DEFAULT_CONNECTION, name: "cart" };
const NODE: Target = { kind: "node", connection: DEFAULT_CONNECTION, name: "worker-1" };

const FULLEST: Target = { ...WORKER, pod: "worker-0", container: "main" };
const reading = { atMs: 0, usageBytes: 90, limitBytes: 100 };
const judge = createJudge();

type Around = { readonly known?: readonly Target[]; readonly open?: string };

const meant = async (text: string, { known = [API, WORKER, CART, NODE], open = "Other" }: Around = {}) => {
  const [alert] = readAlert({ text }, judge).alerts;
  if (alert === undefined) throw new Error("expected an alert");
  const top: MemoryTop = { rows: [{ target: FULLEST, reading }], down: [], missing: [], sources: 1 };
  const store = { incidents: { list: async () => [{ labels: { alertname: [open] } }] } };
  const desk = { targets: targetsOf(known), clock: systemClock, store };
  const found = await mayBeMeant({ desk, memory: { top: async () => top } }, alert);
  if (found === "told") return { names: [], because: found };
  return found === undefined ? undefined : { names: found.targets.map(formatTarget), because: found.because };
};

it("a group of which only the rule's name is told can mean any, the nearest to its limit first, and what would tell is said", async () => {
  const found = await meant("[FIRING:2] RdevAPIHighMemory (warning)");
  expect(found?.names).toEqual([formatTarget(FULLEST), "deploy/rdev/api", "docker/cart"]);
  expect(found?.because).toContain("`examples/alertmanager/oomph.tmpl`");
});

it("one of whose title a word is a namespace and another a workload means that", async () => {
  expect((await meant("[FIRING:2] ContainerMemoryNearLimit (rdev api critical)"))?.names).toEqual(["deploy/rdev/api"]);
});

it("one about machines means nodes", async () => {
  expect((await meant("[FIRING:2] NodeMemoryMajorPagesFaults (warning)"))?.names).toEqual(["node/worker-1"]);
});

it.each([
  ["names somebody who is not known", "[FIRING:2] ContainerMemoryNearLimit (payments critical)"],
  ["names a pod", "[FIRING:1] PodMemoryHigh\nnamespace: shop\npod: web-7c9f8d6b5c-x2x4b"],
])("one that %s means nobody else", async (_what, text) => {
  expect(await meant(text)).toBeUndefined();
});

it("where nothing is configured nobody is asked", async () => {
  expect(await meant("[FIRING:2] NodeMemoryMajorPagesFaults (warning)", { known: [CART] })).toBeUndefined();
});

it("where the same alert opened an incident by its webhook nobody is asked again", async () => {
  expect(await meant("[FIRING:2] RdevAPIHighMemory (warning)", { open: "RdevAPIHighMemory" })).toEqual({ names: [], because: "told" });
});

it("what is nearest to its limit is read once for many that ask at once", async () => {
  let reads = 0;
  const top = async () => {
    reads += 1;
    return { rows: [], down: [], missing: [], sources: 1 };
  };
  const desk = { targets: targetsOf([API]), clock: systemClock, store: { incidents: { list: async () => [] } } };
  const [alert] = readAlert({ text: "[FIRING:2] RdevAPIHighMemory (warning)" }, judge).alerts;
  if (alert === undefined) throw new Error("expected an alert");
  const found = await Promise.all([1, 2, 3].map(() => mayBeMeant({ desk, memory: { top } }, alert)));
  expect(found).toMatchObject(found.map(() => ({ kind: "several", targets: [API] })));
  expect(reads).toBe(1);
});
