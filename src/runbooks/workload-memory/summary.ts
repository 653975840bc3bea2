import { formatBytes } from "../../domain/bytes.ts";
import { counted } from "../../domain/count.ts";
import { formatDuration } from "../../domain/duration.ts";
import type { Diagnosis } from "../../domain/finding.ts";
import type { PodContainer } from "../../domain/workload.ts";
import { percent } from "../words.ts";
import { trendOf, type Focus } from "./focus.ts";
import type { Picture } from "./picture.ts";
import { summariseApp } from "./summary-app.ts";

type Line = Diagnosis["summary"][number];

const MAX_PODS = 10;

/** The figures for "Evidence Summary". */
export function summarise(picture: Picture, focus: Focus): Diagnosis["summary"] {
  const lines: (Line | undefined)[] = [
    podLine(picture, focus),
    clusterLine(picture),
    containerLine(picture, focus),
    endLine(picture, focus),
    memoryLine(focus),
    replicasLine(picture, focus),
    historyLine(focus),
    nodeLine(picture, focus),
    rolloutLine(picture),
    ...summariseApp(picture),
    notSeenLine(picture),
  ];
  return lines.filter((line) => line !== undefined);
}

/** Every pod with how its containers stand: killed ones first. */
export function podsTable({ usage }: Picture, { all }: Focus): Diagnosis["suspects"] {
  if (all.length === 0) return undefined;
  const rows = all.toSorted((left, right) => Number(right.judgement.killed) - Number(left.judgement.killed)).slice(0, MAX_PODS);
  return {
    title: "Its pods",
    ofAll: true,
    columns: ["Pod", "State", "Restarts", "Memory", "Node"],
    rows: rows.map(({ podCase, judgement }) => {
      const { pod } = podCase;
      const used = usage?.value.containers.filter((one) => one.pod === pod.name) ?? [];
      const bytes = used.reduce((sum, { workingSetBytes }) => sum + workingSetBytes, 0);
      const unread = pod.containers.filter(
        ({ name, role }) => (role === "main" || role === "sidecar") && used.every(({ container }) => container !== name),
      );
      const without = unread.length === 0 ? "" : ` without ${unread.map(({ name }) => name).join(", ")}`;
      const restarts = pod.containers.reduce((sum, container) => sum + container.restarts, 0);
      const stands = judgement.killed || judgement.verdict === "evicted" ? judgement.verdict : pod.phase;
      return [
        pod.name,
        stands,
        String(restarts),
        used.length === 0 ? "not measured" : `${formatBytes(bytes)}${without}`,
        pod.node ?? "none",
      ];
    }),
  };
}

/** The kills that the evidence proves. */
export function killsIn(picture: Picture, { all }: Focus): Diagnosis["kills"] {
  const killed = all.filter(({ judgement }) => judgement.killed);
  if (killed.length === 0) return undefined;
  const times = killed.flatMap(({ judgement }) => judgement.end?.finishedAtMs ?? []);
  const kernel = (picture.kernel?.value.logs ?? []).flatMap(({ kills }) => kills.flatMap(({ kill }) => kill.atMs ?? []));
  const known = [...times, ...kernel];
  const names = killed.map(({ podCase }) => podCase.pod.name).slice(0, 3);
  const says = `${counted(killed.length, "pod")} lost a process to a kill for want of memory: ${names.join(", ")}${killed.length > names.length ? " and others" : ""}.`;
  return { ...(known.length === 0 ? {} : { lastAtMs: Math.max(...known) }), says };
}

function podLine(picture: Picture, { podCase, gone }: Focus): Line {
  const { namespace, name, phase, reason, node, qosClass, controller } = podCase.pod;
  if (gone) return { label: "Pod", value: `${namespace}/${name}, no longer there` };
  const of = picture.pods?.value.workload;
  const made = controller === undefined ? "" : `, of ${controller.kind} ${controller.name}`;
  const owner = of === undefined || of.name === name ? made : `, of ${of.resource} ${of.name}`;
  const stands = `${phase}${reason === undefined ? "" : ` (${reason})`}`;
  return {
    label: "Pod",
    value: `${namespace}/${name}${owner}: ${stands}${node === undefined ? "" : `, on ${node}`}${qosClass === undefined ? "" : `, ${qosClass}`}`,
  };
}

function clusterLine({ pods }: Picture): Line | undefined {
  const cluster = pods?.value.cluster;
  if (cluster === undefined) return undefined;
  return { label: "Cluster", value: `${cluster.connection}${cluster.server === undefined ? "" : `, at ${cluster.server}`}` };
}

function containerLine({ pods }: Picture, { container }: Focus): Line | undefined {
  if (container === undefined) return undefined;
  const { name, role, image, restarts } = container;
  const kind = role === "main" ? "" : ` (${role} container)`;
  return {
    label: "Container",
    // The image last: between two colons Slack would take a tag such as 100 for an emoji.
    value: `${name}${kind}: ${stateInWords(container, pods?.value.atMs)}, ${counted(restarts, "restart")}${image === undefined ? "" : `, image ${image}`}`,
  };
}

function endLine({ pods }: Picture, { judgement }: Focus): Line | undefined {
  const { end } = judgement;
  if (end === undefined) return undefined;
  const { reason = "no reason", exitCode, startedAtMs, finishedAtMs } = end;
  const now = pods?.value.atMs;
  const ago = finishedAtMs === undefined || now === undefined ? "" : `, ${formatDuration(Math.max(0, now - finishedAtMs))} ago`;
  const lived =
    startedAtMs === undefined || finishedAtMs === undefined ? "" : `, after ${formatDuration(Math.max(0, finishedAtMs - startedAtMs))}`;
  return {
    label: end.when === "now" ? "Ended" : "Last life ended",
    value: `${reason}${exitCode === undefined ? "" : `, exit code ${exitCode}`}${ago}${lived}`,
  };
}

function memoryLine({ usage, limitBytes, share, container }: Focus): Line | undefined {
  if (usage === undefined && limitBytes === undefined) return undefined;
  const unread = container?.state?.kind === "running" ? "not measured yet" : "not running: no use to be read";
  const used = usage === undefined ? unread : `${formatBytes(usage.workingSetBytes)} used`;
  const request = container?.requestBytes === undefined ? "" : `, requests ${formatBytes(container.requestBytes)}`;
  return {
    label: "Memory",
    value: `${used}, ${limitBytes === undefined ? "no limit" : `limit ${formatBytes(limitBytes)}`}${share === undefined ? "" : ` (${percent(share)})`}${request}`,
  };
}

function replicasLine({ pods }: Picture, { all }: Focus): Line | undefined {
  if (all.length < 2) return undefined;
  const killed = all.filter(({ judgement }) => judgement.killed).length;
  const total = pods?.value.total ?? all.length;
  return { label: "Pods", value: `${counted(total, "pod")}, ${killed === 0 ? "none" : killed} killed for want of memory` };
}

function historyLine(focus: Focus): Line | undefined {
  const { readings } = focus;
  const trend = trendOf(focus);
  if (readings === undefined) return undefined;
  const told =
    trend === undefined || trend.kind === "undetermined"
      ? `no trend yet${trend === undefined ? "" : `: ${trend.because}`}`
      : `${trend.kind}: ${trend.says}`;
  return { label: "Over time", value: `${counted(readings.readings.length, "reading")}; ${told}` };
}

function nodeLine({ node }: Picture, { podCase }: Focus): Line | undefined {
  const found = node?.value.nodes.find(({ facts }) => facts.name === podCase.pod.node);
  if (found === undefined) return undefined;
  const { facts, usage } = found;
  const pressure = facts.conditions.find(({ type }) => type === "MemoryPressure");
  const used = usage === undefined ? "" : `, ${formatBytes(usage.workingSetBytes)} used`;
  const gives = facts.allocatableBytes === undefined ? "" : `${formatBytes(facts.allocatableBytes)} for pods`;
  return { label: "Node", value: `${facts.name}: ${gives}${used}${pressure === undefined ? "" : `, MemoryPressure ${pressure.status}`}` };
}

function rolloutLine({ rollout, pods }: Picture): Line | undefined {
  const [now] = rollout?.value.revisions ?? [];
  if (now === undefined) return undefined;
  const ago =
    now.atMs === undefined || pods === undefined ? "" : `, rolled out ${formatDuration(Math.max(0, pods.value.atMs - now.atMs))} ago`;
  return { label: "Rollout", value: `revision ${now.revision}${ago}` };
}

function notSeenLine({ gaps, kernel, events }: Picture): Line | undefined {
  const missing = [
    ...gaps.map(({ step, code }) => `${step.replace("k8s.", "")} (${code})`),
    ...(events?.value.missing ?? []),
    ...(kernel?.value.missing ?? []).map(({ node }) => `kernel's log of ${node}`),
  ];
  return missing.length === 0 ? undefined : { label: "Could not be read", value: [...new Set(missing)].join("; ") };
}

function stateInWords({ state }: PodContainer, nowMs: number | undefined): string {
  if (state === undefined) return "state not told";
  if (state.kind === "waiting") return `waits${state.reason === undefined ? "" : ` (${state.reason})`}`;
  if (state.kind === "terminated") return `ended${state.reason === undefined ? "" : ` (${state.reason})`}`;
  const { startedAtMs } = state;
  return startedAtMs === undefined || nowMs === undefined ? "runs" : `runs for ${formatDuration(Math.max(0, nowMs - startedAtMs))}`;
}
