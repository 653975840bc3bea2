/**
 * Figures as JSON, each with its bare baseline measured in the same run.
 * npm run bench [-- <part> ...] [--out FILE]   parts: ack, investigation, disturbance, memory, store, kernel-log, alerts, detectors, storm, watch, kubernetes
 *   --alerts N       `storm`: so many alerts, 10,000 where nothing is said
 *   --containers N   `watch`: so many real containers, 20 where nothing is said; 1,000 want 5 GB of memory and a quarter of an hour
 *   --real           `watch`, `kubernetes`: only what a real daemon or cluster is asked
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { parseArgs } from "node:util";
import { benchAck } from "./bench/ack.ts";
import { benchAlerts } from "./bench/alerts.ts";
import { withDataInMemory } from "./bench/data-in-memory.ts";
import { benchDetectors } from "./bench/detectors.ts";
import { benchDisturbance } from "./bench/disturbance.ts";
import { benchInvestigation } from "./bench/investigation.ts";
import { benchKernelLog } from "./bench/kernel-log.ts";
import { benchKubernetes } from "./bench/kubernetes.ts";
import { benchMemory } from "./bench/memory.ts";
import { benchStore } from "./bench/store.ts";
import { benchStorm, scaleOf } from "./bench/storm.ts";
import { benchWatch } from "./bench/watch.ts";

/** `beside`: figures that are told under another part's name. */
type PartFigures = object & { readonly beside?: Readonly<Record<string, object>> };

const { values, positionals } = parseArgs({
  options: {
    out: { type: "string" },
    alerts: { type: "string", default: "10000" },
    containers: { type: "string", default: "20" },
    real: { type: "boolean", default: false },
  },
  allowPositionals: true,
});

const PARTS: Readonly<Record<string, () => Promise<PartFigures>>> = {
  ack: benchAck,
  investigation: benchInvestigation,
  disturbance: benchDisturbance,
  memory: benchMemory,
  store: benchStore,
  "kernel-log": benchKernelLog,
  alerts: benchAlerts,
  detectors: benchDetectors,
  storm: () => withDataInMemory(() => benchStorm(scaleOf(Number(values.alerts)))),
  watch: () => benchWatch({ realContainers: Number(values.containers), onlyReal: values.real }),
  kubernetes: () => benchKubernetes({ onlyReal: values.real }),
};

const unknown = positionals.filter((part) => PARTS[part] === undefined);
if (unknown.length > 0) {
  process.stderr.write(`Expected parts out of ${Object.keys(PARTS).join(", ")}, got ${unknown.join(", ")}.\n`);
  process.exit(2);
}

if (!/^[1-9]\d*$/.test(values.containers)) {
  process.stderr.write(`Expected --containers to be a number of containers, 1 or more, got ${JSON.stringify(values.containers)}.\n`);
  process.exit(2);
}
// What the parts have started is ended as the process exits, by a signal too.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

const figures: Record<string, Record<string, unknown>> = {};
for (const [name, bench] of Object.entries(PARTS)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  process.stderr.write(`${name} ...\n`);
  const { beside = {}, ...own }: PartFigures = await bench();
  for (const [key, more] of Object.entries({ [keyOf(name)]: own, ...beside })) figures[key] = { ...figures[key], ...more };
}

const text = `${JSON.stringify({ ...figures, machine: machine(), versions: versions(), atMs: Date.now() }, rounded, 2)}\n`;
if (values.out !== undefined) writeFileSync(values.out, text);
process.stdout.write(text);
process.exit(0);

/** `kernel-log` → `kernelLog`, as figures are called. */
function keyOf(part: string): string {
  return part.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function rounded(_key: string, value: unknown): unknown {
  return typeof value === "number" ? Math.round(value * 1000) / 1000 : value;
}

function machine(): object {
  const processors = cpus();
  return { cpu: processors[0]?.model ?? "unknown", cores: processors.length, memoryGiB: totalmem() / 2 ** 30, kernel: release() };
}

function versions(): object {
  const redis = /v=(\S+)/.exec(execFileSync("redis-server", ["--version"], { encoding: "utf8" }))?.[1];
  return { node: process.version, redis };
}
