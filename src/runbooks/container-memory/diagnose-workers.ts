import { formatBytes } from "../../domain/bytes.ts";
import { counted } from "../../domain/count.ts";
import type { Finding } from "../../domain/finding.ts";
import { workersForCores, workersThatFit } from "../../domain/sizing.ts";
import { adviceForWorkers } from "./advice.ts";
import { cpuOf, limitOf, reason, shareOf, usageOf, usageReason, type Cpu } from "./figures.ts";
import { killsOf } from "./kills.ts";
import { weigh, when } from "../make-finding.ts";
import { makeFinding } from "./make-finding.ts";
import { hits } from "./patterns.ts";
import type { Picture } from "./picture.ts";
import { coresInWords, percent, properName } from "../words.ts";
import { workersOf, type Workers } from "./workers.ts";

const PRESSURE_SHARE = 0.7;
const FULL_SHARE = 0.9;
// A few more than the rule of thumb are somebody's choice, not a fault.
const TOO_MANY = 1.5;
const MANY_WORKERS = 4;
// Most of what is used is the workers' own.
const MOSTLY_WORKERS = 0.5;
const WITHOUT_PRESSURE = 0.4;

/** More worker processes than the container's CPU time feeds or its memory holds: the machine's cores were counted. Pure. */
export function diagnoseOverspawn(picture: Picture): Finding | undefined {
  const found = workersOf(picture);
  const limit = limitOf(picture);
  if (found === undefined || limit === undefined || found.workers < 2) return undefined;
  const { workers, perWorkerBytes, setting } = found;
  const cpu = cpuOf(picture);
  const tooManyForCpu = cpu !== undefined && workers >= workersForCores(found.server, cpu.cores) * TOO_MANY;
  const tooManyForMemory =
    perWorkerBytes !== undefined && workers >= MANY_WORKERS && workers > workersThatFit(limit.bytes, perWorkerBytes, found.restBytes);
  // With as many as its cores feed, and that on purpose, it is the limit that is too small.
  if (!tooManyForCpu && !(tooManyForMemory && (setting?.auto === true || cpu === undefined))) return undefined;
  const usage = usageOf(picture);
  const share = shareOf(picture) ?? 0;
  const kills = killsOf(picture);
  const held = (perWorkerBytes ?? 0) * workers;
  const mostly = usage !== undefined && held >= usage.usedBytes * MOSTLY_WORKERS;
  const pressed = share >= PRESSURE_SHARE || kills.signs.length > 0;
  if (pressed && usage !== undefined && !mostly) return undefined;
  const bus = hits(picture, "event-bus");
  const confidence = weigh(
    0.5,
    [pressed, 0.08],
    [share >= FULL_SHARE || kills.signs.length > 0, 0.08],
    [kills.signs.length > 0, 0.05],
    [tooManyForCpu, 0.14],
    [tooManyForMemory, 0.04],
    [mostly && found.proportional, 0.1],
    [mostly && !found.proportional, 0.05],
    [setting?.auto === true, 0.07],
    [bus !== undefined, 0.04],
  );
  return makeFinding({
    verdict: "worker-overspawn",
    headline: headline(found, cpu, pressed),
    confidence: pressed ? confidence : Math.min(confidence, WITHOUT_PRESSURE),
    for: [
      usageReason(picture),
      reason(picture, "census", inWords(found)),
      cpu && when(tooManyForCpu, reason(picture, cpu.part, cpuInWords(picture, found, cpu))),
      when(held > 0, reason(picture, "census", arithmetic(found, limit.bytes, usage?.usedBytes))),
      setting && reason(picture, "environment", settingInWords(setting.name, setting.value, setting.auto)),
      bus &&
        reason(picture, "logs", `"${bus.name}" ${counted(bus.count, "time")} in the log: so many workers do not reach each other in time`),
      ...kills.signs,
    ],
    against: [
      when(
        !found.proportional && held > 0,
        reason(picture, "census", "workers were measured by RSS, which counts shared pages in each of them: they take less than that"),
      ),
      when(
        cpu?.from === "host",
        reason(picture, "state", `no CPU quota is set: the workers may use all ${coresInWords(cpu?.cores ?? 0)} of the host`),
      ),
      when(!pressed, reason(picture, usage?.part ?? "stats", "memory is not short now: these workers are a risk, not an incident")),
    ],
    advice: pressed ? adviceForWorkers(picture, found) : [],
  });
}

/** Its processes cannot be counted, but its settings say that it starts one per core of the machine. Pure. */
export function diagnoseAutoWorkers(picture: Picture): Finding | undefined {
  const { census, environment, host } = picture;
  const setting = environment?.value.settings.find(({ kind, auto }) => kind === "workers" && auto);
  const cpu = cpuOf(picture);
  const kills = killsOf(picture);
  if (census !== undefined || setting === undefined || cpu === undefined || host === undefined || kills.signs.length === 0)
    return undefined;
  const started = picture.state?.value.resources.cpusetCores ?? host.value.cores;
  if (started < Math.max(MANY_WORKERS, cpu.cores * TOO_MANY)) return undefined;
  return makeFinding({
    verdict: "worker-overspawn",
    headline: `It may have started ${started} workers on ${coresInWords(cpu.cores)}: ${setting.name} is ${setting.value}. Its processes could not be counted.`,
    confidence: 0.4,
    for: [
      reason(picture, "environment", settingInWords(setting.name, setting.value, true)),
      reason(picture, "host", `the machine has ${coresInWords(host.value.cores)}`),
      ...kills.signs,
    ],
    against: [reason(picture, "census", "no process could be counted: how many ran is not known")],
  });
}

function headline({ server, workers }: Workers, cpu: Cpu | undefined, pressed: boolean): string {
  const room = cpu === undefined ? "" : ` on ${coresInWords(cpu.cores)}`;
  const many = `${properName(server)} runs ${counted(workers, "worker process", "worker processes")}${room}`;
  return pressed
    ? `${many}, and together they fill the container's memory: fewer workers are needed, not only more memory.`
    : `${many}: more than it needs, although memory is not short now.`;
}

function inWords({ server, workers, processes, perWorkerBytes, proportional }: Workers): string {
  const size =
    perWorkerBytes === undefined
      ? ""
      : `, ${formatBytes(Math.round(perWorkerBytes))} each (${proportional ? "shared pages divided among them" : "RSS"})`;
  return `${processes} ${properName(server)} processes, ${workers} of them workers${size}`;
}

function cpuInWords({ host }: Picture, { server, workers }: Workers, { cores, from }: Cpu): string {
  const enough = workersForCores(server, cores);
  const of = host === undefined || from === "host" ? "" : `, the host has ${coresInWords(host.value.cores)}`;
  const allowed = {
    quota: `its CPU quota is ${coresInWords(cores)}`,
    cpuset: `its cpuset is ${coresInWords(cores)}`,
    host: `the host has ${coresInWords(cores)}`,
  }[from];
  return `${allowed}${of}: that feeds about ${counted(enough, "worker")}, and ${workers} run`;
}

function arithmetic({ workers, perWorkerBytes = 0, restBytes }: Workers, limitBytes: number, usedBytes: number | undefined): string {
  const held = Math.round(perWorkerBytes * workers);
  const of = usedBytes === undefined ? "" : `, ${percent(Math.min(1, held / Math.max(1, usedBytes)))} of what is used`;
  return `${workers} × ${formatBytes(Math.round(perWorkerBytes))} = ${formatBytes(held)}${of}, and ${formatBytes(Math.round(restBytes))} for the rest, against a limit of ${formatBytes(limitBytes)}`;
}

function settingInWords(name: string, value: string, auto: boolean): string {
  return auto ? `${name} is ${value}: one worker per core of the machine, whatever the container may use of it` : `${name} is ${value}`;
}
