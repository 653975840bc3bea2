import { formatBytes } from "../../domain/bytes.ts";
import { counted } from "../../domain/count.ts";
import { formatDuration } from "../../domain/duration.ts";
import type { Finding } from "../../domain/finding.ts";
import { heapAdvice } from "./heap-advice.ts";
import { isRunning, limitOf, reason, shareOf, usageReason } from "./figures.ts";
import { killsOf, lastExitOf } from "./kills.ts";
import { weigh, when } from "../make-finding.ts";
import { inTheLast } from "./look-back.ts";
import { makeFinding } from "./make-finding.ts";
import { hits } from "./patterns.ts";
import type { Picture } from "./picture.ts";
import { oneLine, properName } from "../words.ts";

const STALE_MS = 6 * 3_600_000;
const CALM_SHARE = 0.9;
// How runtimes end when their heap is full: abort, exceptions nobody caught, and the JVM's own code.
const HEAP_CODES: Readonly<Record<string, readonly number[]>> = {
  node: [134, 133, 139],
  jvm: [1, 3, 134, 143],
  python: [1],
  go: [2],
  php: [255, 1],
  ruby: [1],
  dotnet: [134, 139, 1],
};
const SIGNALS: Readonly<Record<number, string>> = { 132: "SIGILL", 134: "SIGABRT", 135: "SIGBUS", 136: "SIGFPE", 139: "SIGSEGV" };
const NOT_CRASHES = new Set([0, 129, 130, 137, 143]);

/** The runtime's own heap is full: its limit was reached inside, not the container's. Pure. */
export function diagnoseHeapExhausted(picture: Picture): Finding | undefined {
  const hit = hits(picture, "heap") ?? hits(picture, "allocation");
  const { logs } = picture;
  if (hit === undefined || logs === undefined) return undefined;
  const of = hit.of ?? "";
  const kills = killsOf(picture);
  const exit = lastExitOf(picture);
  const setting = (picture.environment?.value.settings ?? []).find((each) => each.kind === "heap" && each.of === of);
  const now = picture.state?.value.atMs ?? logs.value.toMs ?? hit.lastAtMs;
  const stale = now - hit.lastAtMs > STALE_MS;
  const fits = exit !== undefined && (HEAP_CODES[of] ?? []).includes(exit.code);
  const full = (shareOf(picture) ?? 0) >= CALM_SHARE;
  const killedToo = kills.signs.length > 0;
  const weight = weigh(
    hit.kind === "heap" ? 0.58 : 0.5,
    [fits || (isRunning(picture) && picture.stats !== undefined), 0.1],
    [picture.state?.value.oomKilled === false, 0.08],
    [picture.events !== undefined && !killedToo, 0.07],
    [setting !== undefined, 0.06],
    [hit.count > 1, 0.03],
  );
  return makeFinding({
    verdict: "runtime-heap-exhausted",
    headline: `${of === "" ? "A program in it" : properName(of)} ran out of its own memory: ${settingSays(setting?.name, setting?.amount, limitOf(picture)?.bytes)}`,
    confidence: stale || killedToo ? Math.min(weight, 0.45) : weight,
    for: [
      reason(picture, "logs", `${counted(hit.count, "line")} such as "${oneLine(hit.sample, 140)}"`),
      exit === undefined
        ? undefined
        : when(fits, reason(picture, exit.part, `it ended with code ${exit.code}, as ${properName(of)} does then`)),
      when(
        picture.state?.value.oomKilled === false && !killedToo,
        reason(picture, "state", "Docker does not mark it OOMKilled: the kernel had no part in it"),
      ),
      setting && reason(picture, "environment", `${setting.name} is ${setting.value}`),
      usageReason(picture),
    ],
    against: [
      ...kills.signs,
      when(stale, reason(picture, "logs", `the last such line is ${formatDuration(Math.max(0, now - hit.lastAtMs))} old`)),
      when(full, reason(picture, "stats", "the container is near its own limit as well: a larger heap needs a higher limit")),
      when(
        setting === undefined && picture.environment !== undefined,
        reason(picture, "environment", "no heap setting is known: the runtime chose its size itself"),
      ),
    ],
    advice: heapAdvice(picture, setting),
  });
}

/** It ended with a code of its own, and nothing says that memory had a part in it. Pure. */
export function diagnoseCrash(picture: Picture): Finding | undefined {
  const exit = lastExitOf(picture);
  if (exit === undefined || picture.state === undefined || NOT_CRASHES.has(exit.code)) return undefined;
  if (killsOf(picture).signs.length > 0 || hits(picture, "heap") !== undefined || hits(picture, "allocation") !== undefined)
    return undefined;
  if (isRunning(picture) && exit.part === "events") return undefined;
  const { error } = picture.state.value;
  const signal = SIGNALS[exit.code];
  return makeFinding({
    verdict: "crashed-otherwise",
    headline: `It ended with code ${exit.code}${signal === undefined ? "" : ` (${signal})`}, and memory does not seem to be the reason. Its log says more than its memory does.`,
    confidence: weigh(
      0.4,
      [picture.logs !== undefined, 0.2],
      [picture.events !== undefined, 0.12],
      [picture.kernel !== undefined, 0.1],
      [picture.history !== undefined, 0.05],
    ),
    for: [
      reason(picture, exit.part, `it ended with code ${exit.code}${error === "" ? "" : `: ${oneLine(error)}`}`),
      when(picture.logs !== undefined, reason(picture, "logs", "none of the known memory errors is in its log")),
      when(picture.events !== undefined, reason(picture, "events", `Docker tells of no oom event ${inTheLast(picture)}`)),
      when(picture.kernel !== undefined, reason(picture, "kernel", "the kernel's log tells of no kill of a process of it")),
    ],
    against: [when(picture.logs === undefined, reason(picture, "logs", "its log was not read: a runtime's full heap ends so too"))],
  });
}

/** Ended as asked, or never begun. Pure. */
export function diagnoseStopped(picture: Picture): Finding | undefined {
  const state = picture.state?.value;
  if (state === undefined || killsOf(picture).signs.length > 0) return undefined;
  const asked = state.state === "exited" && (state.exitCode === 0 || state.exitCode === 143 || state.exitCode === 130);
  if (!asked && state.state !== "created") return undefined;
  return makeFinding({
    verdict: "stopped",
    headline: asked
      ? `It is stopped and ended in order (code ${state.exitCode}): there is no memory in use to look at.`
      : "It was created and never started: there is no memory in use to look at.",
    confidence: weigh(0.72, [picture.events !== undefined, 0.08], [picture.logs !== undefined, 0.05], [picture.kernel !== undefined, 0.05]),
    for: [reason(picture, "state", asked ? `its state is exited, with code ${state.exitCode}, not OOMKilled` : "its state is created")],
    against: [when(hits(picture, "heap") !== undefined, reason(picture, "logs", "its log tells of a full heap before the end"))],
  });
}

function settingSays(name: string | undefined, amountBytes: number | undefined, limitBytes: number | undefined): string {
  if (name === undefined) return "the heap that its runtime gives itself is full, not the container's limit.";
  if (amountBytes === undefined) return `the heap that ${name} allows is full, not the container's limit.`;
  const room = limitBytes !== undefined && limitBytes > amountBytes * 1.5 ? `, while the container may use ${formatBytes(limitBytes)}` : "";
  return `${name} allows ${formatBytes(amountBytes)}${room}.`;
}
