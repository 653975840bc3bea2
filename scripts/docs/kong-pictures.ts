import { createCharts } from "../../src/adapters/chart/create-charts.ts";
import { createOwnPrograms } from "../../src/adapters/system/own-programs.ts";
import type { MemoryReading } from "../../src/domain/memory.ts";
import { judgeTrend } from "../../src/domain/trend/judge-trend.ts";
import { chartOf } from "../../src/watch/memory-board.ts";
import { missingForKong, setKongScene } from "../demo/kong-scene.ts";
import { playKong } from "../demo/kong-story.ts";
import { fromSlack, type PageMessage, type PageNames } from "./thread-page.ts";

export type KongPictures =
  | { readonly kind: "there"; readonly names: PageNames; readonly pictures: Readonly<Record<string, readonly PageMessage[]>> }
  | { readonly kind: "absent"; readonly because: string };

/** Name of the file → the messages in it, out of the thread of an incident that is played on real Docker for it. */
export async function kongPictures(): Promise<KongPictures> {
  const missing = await missingForKong();
  if (missing.length > 0) return { kind: "absent", because: missing.join("; ") };
  const scene = await setKongScene(() => undefined);
  try {
    const { shown, thread } = await playKong(scene, () => undefined);
    const { names, messages } = fromSlack([shown.root, shown.watch, shown.report, shown.plan, shown.outcome, ...thread], scene.slack);
    const [root, watch, report, plan, outcome] = messages;
    const only = (...some: (PageMessage | undefined)[]) => some.filter((one) => one !== undefined);
    const files = messages.filter(({ message }) => (message.files ?? []).length > 0);
    const pictures = {
      "kong-watch": only(root, watch),
      "kong-report": only(report),
      "kong-plan": only(plan),
      "kong-outcome": [...only(outcome), ...files],
    };
    return { kind: "there", names, pictures };
  } finally {
    await scene.stop();
  }
}

const EVERY_MS = 5 * 60_000;
const READINGS = 30 * 12;
const MIB = 2 ** 20;

/** A chart as `/oom trend` posts it: 30 h of a container that leaks beneath the sawtooth of its collector. */
export async function trendChart(program: string): Promise<Uint8Array> {
  const target = { kind: "docker", connection: "local", name: "checkout" } as const;
  const untilMs = Date.UTC(2026, 4, 12, 3, 0);
  const startedAtMs = untilMs - READINGS * EVERY_MS;
  const readings = Array.from({ length: READINGS }, (_, index): MemoryReading => {
    const sawtooth = (index % 14) * 3 + 8 * Math.abs(Math.sin(index * 12.9898));
    const mib = 180 + index * 0.62 + sawtooth;
    return { atMs: startedAtMs + (index + 1) * EVERY_MS, usageBytes: Math.round(mib * MIB), limitBytes: 512 * MIB, startedAtMs };
  });
  const chart = chartOf(target, { readings, trend: judgeTrend(readings), marks: [{ atMs: startedAtMs + 22 * 3_600_000, kind: "change" }] });
  return createCharts({ programs: createOwnPrograms(), path: program, timeoutMs: 60_000 }).draw(chart);
}
