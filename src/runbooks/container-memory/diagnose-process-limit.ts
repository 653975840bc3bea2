import { counted } from "../../domain/count.ts";
import type { Finding } from "../../domain/finding.ts";
import { isRunning, reason, usageReason } from "./figures.ts";
import { killsOf } from "./kills.ts";
import { makeFinding } from "./make-finding.ts";
import { weigh, when } from "../make-finding.ts";
import { hits } from "./patterns.ts";
import type { Part, Picture } from "./picture.ts";
import { oneLine } from "../words.ts";

const NEAR_SHARE = 0.95;

/** Processes and threads, and how many the container may have. */
export type Pids = { readonly part: Part; readonly now: number; readonly most: number };

/** It may start no more processes or threads, which reads like want of memory in its log, and is none. Pure. */
export function diagnoseProcessLimit(picture: Picture): Finding | undefined {
  if (killsOf(picture).signs.length > 0) return undefined;
  const pids = pidsOf(picture);
  const said = hits(picture, "process-limit");
  const refused = picture.cgroup?.value.pidsRefused ?? 0;
  const isFull = pids !== undefined && pids.now >= pids.most * NEAR_SHARE;
  if (said === undefined && refused === 0 && !isFull) return undefined;
  const known = refused > 0 || isFull;
  const limit = pids === undefined ? "its limit of processes and threads" : `its limit of ${pids.most} processes and threads (pids)`;
  return makeFinding({
    verdict: "process-limit",
    headline: known
      ? `It reached ${limit}, and may start no more. That is not memory: more of it does not help.`
      : "It was refused a new process or thread. That is not memory as such: a limit on processes, of the container or of its user, is the likelier cause.",
    confidence: weigh(0.4, [said !== undefined, 0.18], [refused > 0, 0.3], [isFull, 0.14], [isRunning(picture), 0.02]),
    for: [
      said && reason(picture, "logs", `its log says so ${said.count === 1 ? "once" : `${said.count} times`}: "${oneLine(said.sample)}"`),
      when(
        refused > 0,
        reason(
          picture,
          "cgroup",
          `its cgroup counts ${counted(refused, "refused process or thread", "refused processes or threads")} since it was started`,
        ),
      ),
      pids && reason(picture, pids.part, `${pids.now} of ${pids.most} processes and threads are there now`),
    ],
    against: [
      usageReason(picture),
      when(
        !known && pids !== undefined,
        reason(
          picture,
          pids?.part ?? "cgroup",
          "it is far from the limit of its cgroup now: a limit of its user (ulimit -u) may be meant, or it has come down since",
        ),
      ),
      when(pids === undefined, reason(picture, "cgroup", "what it may have at most is not known")),
    ],
  });
}

/** Undefined: there is no limit, or it is not known. */
export function pidsOf({ cgroup, state, stats }: Picture): Pids | undefined {
  const { pids, pidsLimit } = cgroup?.value ?? {};
  if (pids !== undefined && pidsLimit !== undefined) return { part: "cgroup", now: pids, most: pidsLimit };
  const most = state?.value.resources.pidsLimit;
  const now = stats?.value.second.pids;
  return most === undefined || most <= 0 || now === undefined ? undefined : { part: "stats", now, most };
}
