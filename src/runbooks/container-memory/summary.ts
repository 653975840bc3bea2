import { formatBytes } from "../../domain/bytes.ts";
import { counted } from "../../domain/count.ts";
import { formatDuration } from "../../domain/duration.ts";
import type { Diagnosis } from "../../domain/finding.ts";
import { isFailing, isNotRun } from "./diagnose-calm.ts";
import { cpuOf, cpuPercentOf, limitInWords, limitOf, shareOf, swapOf, usageOf } from "./figures.ts";
import { pidsOf } from "./diagnose-process-limit.ts";
import { inTheLast } from "./look-back.ts";
import { killsOf } from "./kills.ts";
import type { Picture } from "./picture.ts";
import { coresInWords, moment, oneLine, percent, properName } from "../words.ts";
import { workersOf } from "./workers.ts";

type Line = Diagnosis["summary"][number];

const MAX_SETTINGS = 6;

/** The figures for "Evidence Summary". */
export function summarise(picture: Picture): Diagnosis["summary"] {
  const lines: (Line | undefined)[] = [
    containerLine(picture),
    stateLine(picture),
    memoryLine(picture),
    kindsLine(picture),
    cpuLine(picture),
    workersLine(picture),
    settingsLine(picture),
    killsLine(picture),
    historyLine(picture),
    healthLine(picture),
    hostLine(picture),
    lookedBackLine(picture),
    notSeenLine(picture),
  ];
  return lines.filter((line) => line !== undefined);
}

function containerLine({ state }: Picture): Line | undefined {
  if (state === undefined) return undefined;
  const { name, id, image, composeService } = state.value;
  return {
    label: "Container",
    value: `${name} (${id.slice(0, 12)}), image ${oneLine(image)}${composeService === undefined ? "" : `, compose service ${composeService}`}`,
  };
}

function stateLine({ state }: Picture): Line | undefined {
  if (state === undefined) return undefined;
  const { state: now, atMs, startedAtMs, finishedAtMs, exitCode, oomKilled, restartCount, restartPolicy } = state.value;
  const since = (ms: number | undefined): string => (ms === undefined ? "" : ` for ${formatDuration(Math.max(0, atMs - ms))}`);
  const how = now === "running" || now === "paused" ? `${now}${since(startedAtMs)}` : `${now}${since(finishedAtMs)}, exit code ${exitCode}`;
  return {
    label: "State",
    value: `${how}, OOMKilled ${oomKilled ? "yes" : "no"}, ${counted(restartCount, "restart")} (policy ${restartPolicy || "no"})`,
  };
}

function memoryLine(picture: Picture): Line | undefined {
  const usage = usageOf(picture);
  const limit = limitOf(picture);
  const share = shareOf(picture);
  if (usage === undefined && limit === undefined) return undefined;
  const notUsed = picture.state?.value.state === "running" ? "its use could not be read" : "not running: no use to be read";
  const used = usage === undefined ? notUsed : `${formatBytes(usage.usedBytes)} used`;
  const of = limit === undefined ? "limit not known" : limitInWords(limit);
  return { label: "Memory", value: `${used}, ${of}${share === undefined ? "" : ` (${percent(share)})`}${swapInWords(picture)}` };
}

function swapInWords(picture: Picture): string {
  const swap = usageOf(picture) === undefined ? undefined : swapOf(picture);
  if (swap === undefined || (swap.usedBytes === 0 && swap.leftBytes === 0)) return "";
  return `; swap: ${formatBytes(swap.usedBytes)} used, ${formatBytes(swap.leftBytes)} left to it`;
}

function kindsLine(picture: Picture): Line | undefined {
  const usage = usageOf(picture);
  if (usage === undefined) return undefined;
  const { anonBytes, cacheBytes, shmemBytes, rawBytes } = usage;
  const kinds = [
    anonBytes === undefined ? "" : `${formatBytes(anonBytes)} of the programs' own`,
    shmemBytes === undefined ? "" : `${formatBytes(shmemBytes)} tmpfs and shared memory`,
    cacheBytes === undefined ? "" : `${formatBytes(cacheBytes)} file cache`,
  ].filter((kind) => kind !== "");
  return kinds.length === 0 ? undefined : { label: "Of what kind", value: `${kinds.join(", ")}; ${formatBytes(rawBytes)} with all cache` };
}

function cpuLine(picture: Picture): Line | undefined {
  const used = cpuPercentOf(picture);
  const cpu = cpuOf(picture);
  if (used === undefined && cpu === undefined) return undefined;
  const allowed =
    cpu === undefined
      ? ""
      : {
          quota: `quota ${coresInWords(cpu.cores)}`,
          cpuset: `cpuset of ${coresInWords(cpu.cores)}`,
          host: `no quota, host has ${coresInWords(cpu.cores)}`,
        }[cpu.from];
  const measured = used === undefined ? "" : `${used.toFixed(1)}% (100% is one core)`;
  return { label: "CPU", value: [measured, allowed].filter((part) => part !== "").join(", ") };
}

function workersLine(picture: Picture): Line | undefined {
  const census = picture.census?.value;
  if (census === undefined) return undefined;
  const found = workersOf(picture);
  const all = counted(census.processes, "process", "processes");
  const pids = pidsOf(picture);
  const most = pids === undefined ? "" : `; ${pids.now} of ${pids.most} processes and threads allowed`;
  if (found === undefined) return { label: "Processes", value: `${all}${most}` };
  const { server, workers, perWorkerBytes, proportional } = found;
  const each =
    perWorkerBytes === undefined
      ? ""
      : `, ${formatBytes(Math.round(perWorkerBytes))} each (${proportional ? "proportional" : "RSS, shared pages counted in each"})`;
  return { label: "Processes", value: `${all}; ${counted(workers, `${properName(server)} worker`)}${each}${most}` };
}

function settingsLine({ environment }: Picture): Line | undefined {
  const settings = environment?.value.settings ?? [];
  if (settings.length === 0) return undefined;
  const shown = settings
    .slice(0, MAX_SETTINGS)
    .map(({ name, value, auto }) => `${name}=${oneLine(value, 40)}${auto ? " (counts the machine's cores)" : ""}`);
  return { label: "Settings", value: shown.join(", ") };
}

function killsLine(picture: Picture): Line | undefined {
  if (picture.events === undefined && picture.kernel === undefined) return undefined;
  const { count, lastAtMs, counted: places } = killsOf(picture);
  const now = picture.state?.value.atMs ?? picture.events?.value.untilMs;
  const ago = lastAtMs === undefined || now === undefined ? "" : `, the last ${formatDuration(Math.max(0, now - lastAtMs))} ago`;
  if (count === 0) return { label: "Kills for want of memory", value: `none known ${inTheLast(picture)}` };
  // Where all say the same there is nothing to explain.
  const agree = places.every((place) => place.count === count);
  const each = places.map(({ by, count: told, since }) => `${by} ${told} ${since}`).join("; ");
  const value = agree ? `${count} known${ago}` : `at least ${count}${ago} (${each})`;
  return { label: "Kills for want of memory", value };
}

function historyLine({ history }: Picture): Line | undefined {
  if (history === undefined) return undefined;
  const { readings, trend } = history.value;
  if (readings.length === 0) return { label: "Over time", value: "the watch has no readings of it yet" };
  const told =
    trend === undefined || trend.kind === "undetermined"
      ? `no trend yet${trend === undefined ? "" : `: ${trend.because}`}`
      : `${trend.kind}: ${trend.says}`;
  return { label: "Over time", value: `${counted(readings.length, "reading")}; ${told}` };
}

function healthLine(picture: Picture): Line | undefined {
  const value = picture.health?.value;
  const own = picture.state?.value.health;
  if (value === undefined)
    return own === undefined
      ? undefined
      : { label: "Health", value: `Docker says ${own.status}${own.failingStreak > 0 ? `, ${own.failingStreak} failures in a row` : ""}` };
  if (value.kind === "command" && isNotRun(value))
    return { label: "Health", value: `\`${oneLine(value.command, 60)}\` is not there to be run (code ${value.exitCode})` };
  const well = isFailing(picture) ? "not well" : "well";
  if (value.kind === "command")
    return {
      label: "Health",
      value: `${well}: \`${oneLine(value.command, 60)}\` ended with code ${value.exitCode}${value.output === "" ? "" : `, "${oneLine(value.output, 80)}"`}`,
    };
  return {
    label: "Health",
    value: value.kind === "answered" ? `${well}: URL answered ${value.status} in ${value.tookMs} ms` : `no answer: ${value.because}`,
  };
}

function hostLine({ host, cgroup }: Picture): Line | undefined {
  if (host === undefined) return undefined;
  const { hostname, cores, memoryBytes, kernel, serverVersion } = host.value;
  const left = cgroup?.value.hostAvailableBytes;
  return {
    label: "Host",
    value: `${hostname}: ${coresInWords(cores)}, ${formatBytes(memoryBytes)}${left === undefined ? "" : ` (${formatBytes(left)} left)`}, Docker ${serverVersion}, kernel ${kernel}`,
  };
}

function lookedBackLine({ state }: Picture): Line | undefined {
  const backMs = state?.value.lookBackMs;
  if (state === undefined || backMs === undefined) return undefined;
  return {
    label: "Looked back",
    value: `${formatDuration(backMs)}, to ${moment(state.value.atMs - backMs)}: its log, events, the kernel's log and readings; counts of its own and the trend reach back as they always do`,
  };
}

function notSeenLine({ gaps, census }: Picture): Line | undefined {
  const needRunning = gaps.filter(({ code }) => code === "not-running").map(({ step }) => stepName(step));
  const parts = [
    ...gaps.filter(({ code }) => code !== "not-running").map(({ step, code }) => `${stepName(step)} (${code})`),
    ...(census?.value.notInside === undefined ? [] : ["inside the container"]),
    ...(needRunning.length === 0 ? [] : [`${needRunning.join(", ")} (only a running container has that)`]),
  ];
  return parts.length === 0 ? undefined : { label: "Could not be read", value: parts.join("; ") };
}

function stepName(step: string): string {
  return step.replace("docker.", "");
}
