import type { Reason } from "../../domain/finding.ts";
import type { PodContainer } from "../../domain/workload.ts";
import { present, weigh, when } from "../make-finding.ts";
import { oneLine } from "../words.ts";
import { causeOf } from "./end-causes.ts";
import { atOnce, codeOf, kernelUnread, limitReason, named, runsSince, whose } from "./end-words.ts";
import type { Judgement } from "./judgement.ts";
import { initKilledIn, killSignsOf, type KillSigns } from "./kill-signs.ts";
import { bySigkill, bySigterm, endsOf, fromPod, isWell, saysOom, type End, type PodCase } from "./pod-case.ts";

type Draft = Pick<Judgement, "verdict" | "confidence"> & {
  readonly for: readonly (Reason | undefined)[];
  readonly against?: readonly (Reason | undefined)[];
} & Partial<Pick<Judgement, "end" | "killed" | "scope" | "cause" | "blind">>;

// What any end is called.
const VAGUE: ReadonlySet<string> = new Set(["", "Error", "ContainerStatusUnknown"]);
const HEAP_TEXT = /OutOfMemoryError|heap out of memory|MemoryError|out of memory/i;
// What never began used no memory.
const NEVER_BEGAN: ReadonlySet<string> = new Set(["StartError", "ContainerCannotRun", "RunContainerError", "CreateContainerConfigError"]);

/** Was this container killed for want of memory, now or last? Pure. */
export function judgeContainer(podCase: PodCase, container: PodContainer): Judgement {
  const draft = judged(podCase, container);
  return {
    killed: false,
    scope: "unknown",
    blind: false,
    ...draft,
    confidence: Math.round(Math.min(0.97, draft.confidence) * 100) / 100,
    for: present(draft.for),
    against: present(draft.against ?? []),
    container,
  };
}

function judged(podCase: PodCase, container: PodContainer): Draft {
  const ends = endsOf(container);
  const oom = ends.find(saysOom);
  if (oom !== undefined) return calledOom(podCase, oom, ends[0] ?? oom);
  const init = initKilledIn(podCase, container);
  if (init !== undefined)
    return {
      verdict: "oom-killed",
      confidence: 0.93,
      for: [init, limitReason(podCase, container)],
      killed: true,
      scope: "cgroup",
      ...endOf(ends),
    };
  const [newest] = ends;
  if (newest === undefined) return notEnded(podCase, container);
  return bySigkill(newest) ? sigkilled(podCase, newest) : endedOtherwise(podCase, newest);
}

/** The status says OOMKilled: the exit code tells of whom. */
function calledOom(podCase: PodCase, end: End, newest: End): Draft {
  const { container, exitCode } = end;
  const signs = killSignsOf(podCase, container, end);
  const known = { end, killed: true, scope: signs.scope === "unknown" ? ("cgroup" as const) : signs.scope };
  const says = fromPod(podCase, `${whose(end)} says OOMKilled${codeOf(end)}`);
  if (bySigterm(end) && signs.strength !== "proof") {
    return {
      ...known,
      killed: false,
      verdict: "misreported",
      confidence: 0.6,
      for: [
        says,
        fromPod(
          podCase,
          `code ${exitCode ?? ""} is SIGTERM: its main process was told to stop and did; the kernel kills with SIGKILL (137)`,
        ),
      ],
      against: [
        ...signs.reasons,
        fromPod(podCase, "the runtime saw a kill in it at some time of its life: a process beneath the main one may have died"),
      ],
    };
  }
  if (exitCode !== undefined && !bySigkill(end)) {
    return {
      ...known,
      verdict: "oom-killed-child",
      confidence: weigh(0.85, [signs.strength === "proof", 0.1]),
      for: [
        says,
        fromPod(podCase, `its main process ended by itself with code ${exitCode}: what the kernel killed was beneath it`),
        ...signs.reasons,
        limitReason(podCase, container),
      ],
    };
  }
  const recovered = end !== newest || end.when === "before" ? isWell(container) : false;
  const since = newest !== end && !saysOom(newest);
  return {
    ...known,
    verdict: recovered ? "oom-killed-recovered" : "oom-killed",
    confidence: weigh(0.82, [exitCode !== undefined, 0.12], [signs.strength === "proof", 0.03], [since && !recovered, -0.15]),
    for: [
      says,
      ...signs.reasons,
      limitReason(podCase, container),
      atOnce(podCase, end),
      recovered ? runsSince(podCase, container) : undefined,
    ],
    against: [
      when(since && !recovered, fromPod(podCase, `its newest end was another: ${newest.reason ?? "no reason given"}${codeOf(newest)}`)),
      when(
        exitCode === undefined,
        fromPod(podCase, "its exit code is not told: 137 would make it sure that its main process was the victim"),
      ),
    ],
  };
}

/** SIGKILL under another name: from whom, others must tell. */
function sigkilled(podCase: PodCase, end: End): Draft {
  const { container } = end;
  const signs = killSignsOf(podCase, container, end);
  const says = fromPod(podCase, `${whose(end)} says ${end.reason ?? "nothing"}${codeOf(end)}`);
  if (signs.strength === "proof") return misreported(podCase, end, signs);
  const cause = causeOf(podCase, end);
  if (cause !== undefined) {
    return {
      verdict: "not-oom",
      confidence: weigh(0.62, [cause.sure, 0.2], [podCase.kernel !== undefined, 0.1], [signs.strength === "hint", -0.15]),
      for: [cause.reason, says],
      against: [...signs.reasons, kernelUnread(podCase)],
      end,
      cause,
    };
  }
  if (signs.strength === "hint") return misreported(podCase, end, signs);
  return {
    verdict: "undetermined",
    confidence: 0.4,
    for: [says, fromPod(podCase, "137 is SIGKILL, from whomever: for want of memory, by a failed probe, after a grace period, or by hand")],
    against: [
      fromPod(podCase, "it is not called OOMKilled, though a real kill for want of memory may be called Error"),
      when(podCase.kernel !== undefined, {
        evidenceId: podCase.kernel?.evidenceId ?? "k8s.kernel",
        says: "the kernel's log tells of no kill in it",
      }),
      kernelUnread(podCase),
      limitReason(podCase, container),
    ],
    end,
  };
}

function misreported(podCase: PodCase, end: End, signs: KillSigns): Draft {
  const called = fromPod(podCase, `${whose(end)} says ${end.reason ?? "nothing"}${codeOf(end)}, and not OOMKilled`);
  return {
    verdict: "misreported",
    confidence: signs.strength === "proof" ? 0.92 : 0.68,
    for: [...signs.reasons, called, limitReason(podCase, end.container)],
    against: [
      when(signs.strength === "hint", fromPod(podCase, "what was killed on the node is not named so that it is surely this container")),
    ],
    end,
    killed: true,
    scope: signs.scope,
  };
}

function endedOtherwise(podCase: PodCase, end: End): Draft {
  const { container, exitCode, reason, message } = end;
  const signs = killSignsOf(podCase, container, end);
  const says = fromPod(
    podCase,
    `${whose(end)} says ${reason ?? "no reason"}${codeOf(end)}${message === undefined ? "" : `: "${oneLine(message, 160)}"`}`,
  );
  if (signs.strength === "proof") {
    const beneath = fromPod(podCase, "a main process that the kernel kills ends with 137: this one lost a process beneath it");
    return { verdict: "oom-killed-child", confidence: 0.88, for: [...signs.reasons, says, beneath], end, killed: true, scope: signs.scope };
  }
  if (exitCode === undefined && (reason === undefined || VAGUE.has(reason))) {
    return {
      verdict: "undetermined",
      confidence: 0.2,
      for: [says],
      against: [fromPod(podCase, "neither reason nor exit code is told")],
      end,
    };
  }
  const never = NEVER_BEGAN.has(reason ?? "");
  return {
    verdict: "not-oom",
    confidence: weigh(
      0.8,
      [never, 0.12],
      [exitCode !== undefined, 0.06],
      [podCase.events !== undefined, 0.03],
      [podCase.kernel !== undefined, 0.04],
    ),
    for: [
      says,
      when(never, fromPod(podCase, "it could not be started at all: there was no memory in use")),
      when(!never && exitCode !== 0, fromPod(podCase, "a kill for want of memory would be called OOMKilled, or end with code 137")),
    ],
    against: [
      when(
        HEAP_TEXT.test(message ?? ""),
        fromPod(podCase, "its last words are of memory: the program's own heap was full, without the kernel's part"),
      ),
      ...signs.reasons,
    ],
    end,
  };
}

/** No end is known: it runs, it waits, or nothing is told of it. */
function notEnded(podCase: PodCase, container: PodContainer): Draft {
  const { state, restarts } = container;
  const signs = killSignsOf(podCase, container);
  if (signs.strength === "proof") {
    const lives = fromPod(podCase, "its main process lives on: only something beneath it was killed");
    return {
      verdict: "oom-killed-child",
      confidence: 0.88,
      for: [...signs.reasons, when(state?.kind === "running", lives)],
      killed: true,
      scope: signs.scope,
    };
  }
  if (state === undefined) {
    const says = fromPod(podCase, `the state of ${named(container)} is not told`);
    return { verdict: "undetermined", confidence: 0.2, for: [], against: [says], blind: true };
  }
  if (restarts > 0 || (state.kind === "waiting" && state.reason === "CrashLoopBackOff")) {
    const says = fromPod(
      podCase,
      `${named(container)} was restarted${restarts > 0 ? ` ${restarts} times` : ""}, and how its last life ended is not told`,
    );
    return { verdict: "undetermined", confidence: 0.3, for: [], against: [says] };
  }
  const waits = state.kind === "waiting" ? `waits${state.reason === undefined ? "" : `: ${state.reason}`}` : "runs and was never restarted";
  return {
    verdict: "not-oom",
    confidence: weigh(0.8, [podCase.events !== undefined, 0.03], [podCase.kernel !== undefined, 0.1]),
    for: [fromPod(podCase, `${named(container)} ${waits}`)],
    against: [
      podCase.kernel === undefined && state.kind === "running"
        ? fromPod(podCase, "a process killed beneath the main one would not show here: only the kernel's log tells of it")
        : undefined,
    ],
  };
}

function endOf([end]: readonly End[]): Pick<Draft, "end"> {
  return end === undefined ? {} : { end };
}
