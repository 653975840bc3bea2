import { formatBytes } from "../../domain/bytes.ts";
import type { Finding, Reason } from "../../domain/finding.ts";
import { raiseLimit } from "./advice.ts";
import { isRunning, limitOf, reason, shareOf, usageReason } from "./figures.ts";
import { beforeLastKill } from "./history.ts";
import { eventsOf, killsOf, lastExitOf, type Kills } from "./kills.ts";
import { weigh, when } from "../make-finding.ts";
import { inTheLast, USUAL_BACK_MS } from "./look-back.ts";
import { makeFinding } from "./make-finding.ts";
import { hits } from "./patterns.ts";
import type { Picture } from "./picture.ts";
import { oneLine, percent } from "../words.ts";

const KILLED_CODE = 137;
const SPARE_SHARE = 0.7;
const HOST_SHORT_SHARE = 0.05;
// `docker stop` sends SIGKILL after its grace period, a health watcher may too: the event stands near the end.
const NEAR_MS = 60_000;

/** The kernel killed a process in it, and the main process lives on or ended otherwise: easily overlooked. Pure. */
export function diagnoseChildKilled(picture: Picture): Finding | undefined {
  const kills = killsOf(picture);
  if (kills.signs.length === 0 || kills.victim !== "child" || kills.scope === "global") return undefined;
  const running = isRunning(picture);
  const exit = lastExitOf(picture);
  const worker = hits(picture, "worker-killed");
  const limit = limitOf(picture);
  return makeFinding({
    verdict: "child-killed",
    headline: running
      ? `The kernel killed a process inside${atLimit(limit?.is === "container" ? limit.bytes : undefined)}, and the container lives on: Docker shows it as running.`
      : `The kernel killed a process inside${atLimit(limit?.is === "container" ? limit.bytes : undefined)}; the main process was not the one and ended with code ${exit?.code ?? "unknown"}.`,
    confidence: weigh(0.55 + unexplained(picture), ...certainty(picture, kills), [worker !== undefined, 0.03]),
    for: [
      ...kills.signs,
      running
        ? reason(picture, "state", "its main process runs: only something beneath it was killed")
        : reason(
            picture,
            exit?.part ?? "state",
            `it ended with code ${exit?.code ?? "unknown"}: a main process killed by the kernel ends with 137`,
          ),
      worker && reason(picture, "logs", `its log says so: "${oneLine(worker.sample)}"`),
      usageReason(picture),
    ],
    against: whyNotKnown(picture),
    advice: raiseLimit(picture, "It makes room until what grows beneath the main process is found."),
  });
}

/** The limit was reached and the kernel killed the main process: the container ended by it. Pure. */
export function diagnoseLimitKill(picture: Picture): Finding | undefined {
  const kills = killsOf(picture);
  if (kills.signs.length === 0 || kills.victim === "child" || kills.scope === "global") return undefined;
  const limit = limitOf(picture);
  const exit = lastExitOf(picture);
  const above = (picture.kernel?.value.kills ?? []).at(-1)?.limitOwner === "above";
  const whose = above
    ? "The limit of a cgroup above it was reached"
    : `It reached its memory limit${limit?.is === "container" ? ` of ${formatBytes(limit.bytes)}` : ""}`;
  return makeFinding({
    verdict: "cgroup-limit-kill",
    headline: `${whose} and the kernel killed ${victimInWords(picture, kills)}`,
    confidence: weigh(0.55 + unexplained(picture), ...certainty(picture, kills), [exit?.code === KILLED_CODE, 0.04]),
    for: [
      ...kills.signs,
      exit === undefined
        ? undefined
        : when(exit.code === KILLED_CODE, reason(picture, exit.part, "its main process ended with code 137: SIGKILL")),
      usageReason(picture),
    ],
    against: whyNotKnown(picture),
    advice: above ? [] : raiseLimit(picture, "It helps when the load is simply larger than the limit; a leak fills this one too."),
  });
}

/** The host had no memory left: the limit of this container is not what is wrong. Pure. */
export function diagnoseHostOutOfMemory(picture: Picture): Finding | undefined {
  const { kernel, cgroup } = picture;
  const own = (kernel?.value.kills ?? []).filter(({ constraint }) => constraint === "global");
  const others = kernel?.value.otherGlobalKills ?? 0;
  const exit = lastExitOf(picture);
  const { hostAvailableBytes, hostTotalBytes } = cgroup?.value ?? {};
  const low = hostAvailableBytes !== undefined && hostTotalBytes !== undefined && hostAvailableBytes < hostTotalBytes * HOST_SHORT_SHARE;
  const killedHere = own.length > 0 && killsOf(picture).scope === "global";
  const perhaps = others > 0 && exit?.code === KILLED_CODE && killsOf(picture).signs.length === 0;
  if (!killedHere && !perhaps && !low) return undefined;
  const victim = own.at(-1);
  return makeFinding({
    verdict: "host-out-of-memory",
    headline: killedHere
      ? "The host ran out of memory and the kernel killed a process of this container. Its own limit was not the cause: raising it makes this worse."
      : "The host is short of memory: what is killed then need not be what fills it.",
    confidence: killedHere ? weigh(0.86, [low, 0.04], [exit?.code === KILLED_CODE, 0.04]) : weigh(0.3, [perhaps, 0.25], [low, 0.15]),
    for: [
      victim &&
        reason(
          picture,
          "kernel",
          `${victim.killer === "kernel" ? "the kernel" : victim.killer} killed ${oneLine(victim.process, 40)}${victim.pid === undefined ? "" : ` (pid ${victim.pid})`} with the whole host short of memory`,
        ),
      when(others > 0, reason(picture, "kernel", `${others} processes elsewhere on the host were killed likewise`)),
      low
        ? reason(picture, "cgroup", `${formatBytes(hostAvailableBytes)} of the host's ${formatBytes(hostTotalBytes)} are left`)
        : undefined,
    ],
    against: [when(!killedHere, reason(picture, "kernel", "no kill of a process of this container is known"))],
  });
}

/** SIGKILL, and nothing says that memory was the reason: 137 alone is not an OOM kill. Pure. */
export function diagnosePlainSigkill(picture: Picture): Finding | undefined {
  const exit = lastExitOf(picture);
  if (exit?.code !== KILLED_CODE || killsOf(picture).signs.length > 0) return undefined;
  if ((picture.kernel?.value.otherGlobalKills ?? 0) > 0) return undefined;
  if (picture.state === undefined || isLongAgo(picture, exit.atMs)) return undefined;
  const order = orderNear(picture, exit.atMs);
  const before = beforeLastKill(picture, exit.atMs);
  const limit = limitOf(picture);
  const spare = before !== undefined && limit !== undefined && before.usageBytes / limit.bytes < SPARE_SHARE;
  const unhealthy = picture.state.value.health?.status === "unhealthy";
  return makeFinding({
    verdict: "plain-sigkill",
    headline: `It was ended by SIGKILL (137), and nothing says that memory was the reason: ${order === undefined ? "somebody or something sent it" : `Docker was told to ${order} it`}.`,
    confidence: weigh(
      0.44,
      [picture.events !== undefined, 0.14],
      [picture.kernel !== undefined, 0.14],
      [order !== undefined, 0.16],
      [spare, 0.05],
      [unhealthy, 0.02],
    ),
    for: [
      reason(picture, exit.part, `it ended with code 137, which is SIGKILL from whomever, and Docker does not mark it OOMKilled`),
      when(picture.events !== undefined, reason(picture, "events", `Docker tells of no oom event ${inTheLast(picture)}`)),
      when(picture.kernel !== undefined, reason(picture, "kernel", "the kernel's log tells of no kill of a process of it")),
      when(
        order !== undefined,
        reason(
          picture,
          "events",
          `Docker was told to ${order ?? ""} it within a minute of the end: after a grace period that is SIGKILL too`,
        ),
      ),
      before !== undefined && limit !== undefined
        ? when(spare, reason(picture, "history", `${percent(before.usageBytes / limit.bytes)} of its limit was used before`))
        : undefined,
      when(unhealthy, reason(picture, "state", "its health check failed: something may kill what is unhealthy")),
    ],
    against: [
      when(
        picture.kernel === undefined,
        reason(picture, "kernel", "the kernel's log was not read: a kill for want of memory on the host is not marked by Docker"),
      ),
      when(picture.events === undefined, reason(picture, "events", "Docker's events were not read, or do not reach back so far")),
    ],
  });
}

function victimInWords(picture: Picture, { victim }: Kills): string {
  if (victim !== "main") return "a process of it; whether that was the main one is not known.";
  return isRunning(picture) ? "its main process. It was started again since." : "its main process. The container ended by it.";
}

/** How sure it is that the kernel killed: independent signs add up. */
function certainty(picture: Picture, kills: Kills): readonly (readonly [boolean, number])[] {
  return [
    [picture.state?.value.oomKilled === true, 0.08],
    [eventsOf(picture, "oom").length > 0, 0.08],
    [(picture.kernel?.value.kills ?? []).some(({ constraint }) => constraint === "cgroup"), 0.06],
    [kills.signs.length > 0 && (picture.cgroup?.value.oomKills ?? 0) > 0, 0.04],
  ];
}

/** That a kill happened is one thing; with use over time and processes seen, nothing stronger lies behind it. */
function unexplained({ history, census, state, logs }: Picture): number {
  const stopped = state !== undefined && state.value.state !== "running";
  return weigh(0, [history !== undefined, 0.11], [census !== undefined || stopped, 0.05], [logs !== undefined, 0.03]);
}

function whyNotKnown(picture: Picture): readonly (Reason | undefined)[] {
  const share = shareOf(picture);
  return [
    when(
      picture.history === undefined,
      reason(picture, "history", "there are no readings over time: whether it leaked, peaked or always needs that much is not known"),
    ),
    when(
      share !== undefined && share < SPARE_SHARE,
      reason(picture, "stats", `it uses ${percent(share ?? 0)} of its limit now: what took the memory is gone`),
    ),
  ];
}

function isLongAgo({ state }: Picture, atMs: number | undefined): boolean {
  return state !== undefined && atMs !== undefined && state.value.atMs - atMs > Math.max(USUAL_BACK_MS, state.value.lookBackMs ?? 0);
}

function orderNear(picture: Picture, atMs: number | undefined): "kill" | "stop" | "restart" | undefined {
  const near = (action: string): boolean =>
    eventsOf(picture, action).some((each) => atMs !== undefined && Math.abs(each.atMs - atMs) <= NEAR_MS);
  if (near("restart")) return "restart";
  if (near("stop")) return "stop";
  return near("kill") ? "kill" : undefined;
}

function atLimit(bytes: number | undefined): string {
  return bytes === undefined ? "" : ` at its limit of ${formatBytes(bytes)}`;
}
