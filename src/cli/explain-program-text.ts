import { placesInText } from "../alerts/places-in-text.ts";
import { asClause } from "../domain/clause.ts";
import { counted } from "../domain/count.ts";
import { looksLikeSystemLog } from "../domain/kernel-oom/looks-like-log.ts";
import { scanLog } from "../runbooks/logs/scan-log.ts";
import type { PatternHits } from "../runbooks/logs/schema.ts";
import { properName } from "../runbooks/words.ts";
import type { Explained } from "./explained.ts";
import { forkRefused } from "./redis-fork.ts";

/** What a program's log, or a line about how it ended, comes to. Keys are stable for scripts; null: the text does not say. */
export type ProgramTextResult = {
  readonly kind: "program_log";
  /** As in a report on a container: `runtime-heap-exhausted`, `cgroup-limit-kill` or `undetermined`; of a Redis that cannot save `fork-refused`. */
  readonly verdict: "runtime-heap-exhausted" | "cgroup-limit-kill" | "fork-refused" | "undetermined";
  /** 0 to 1. */
  readonly confidence: number;
  /** `jvm`, `node`, `python`, `go` and so on. */
  readonly runtime: string | null;
  readonly exitCode: number | null;
  /** Docker's or Kubernetes' mark. */
  readonly oomKilled: boolean | null;
  readonly for: readonly string[];
  readonly against: readonly string[];
  readonly patterns: readonly Pick<PatternHits, "name" | "kind" | "count" | "sample">[];
  readonly advice: readonly string[];
};

type Read = {
  readonly ways: Ways;
  readonly heap: PatternHits | undefined;
  readonly other: PatternHits | undefined;
  readonly exitCode: number | null;
  readonly isSigkill: boolean;
  readonly oomKilled: boolean | null;
};

type Judged = Pick<ProgramTextResult, "verdict" | "confidence" | "for" | "against" | "advice"> & { readonly headline: string };

const SIGKILL_CODE = 137;
// Those that are told how large their heap may be; the others ask the system until it refuses.
const WITH_HEAP_LIMIT: ReadonlySet<string> = new Set(["jvm", "node", "php", "dotnet"]);
// "exited with code 137", "Exited (137)", "exitCode=137", "ExitCode": 137, "exit status 137", "a non-zero code: 137".
const EXIT = /\b(?:exit(?:ed)?|non-zero)(?:[\s_"'-]*(?:with|code|status))*[\s"':=(]+(\d{1,3})\b/i;
const SIGKILL = /\bSIGKILL\b|signal=KILL|status=9\/KILL|signal: killed\b/;
const MARK = /\bOOMKilled\b["']?\s*[:=]?\s*["']?(true|false)?/gi;
// `docker inspect` writes the name of a container so.
const INSPECTED = /^\s*"Name":\s*"\/([\w.-]{1,128})",?\s*$/gm;

const ASK_DOCKER = "`docker inspect --format '{{.State.OOMKilled}} {{.State.ExitCode}}' <container>` says whether Docker saw an OOM kill";
const ASK_KERNEL = "`journalctl -k | oomph explain -` (or `dmesg`) says whom the kernel killed, and by whose limit";
const ASK_OOMPH = "`oomph investigate docker/<container>` looks at all of it, while the container is there";

/** Whom to ask further: `docker` says how its container ended. */
type Ways = { readonly docker: string; readonly oomph: string };

/** Where the text names a pod, Docker knows nothing of it by that name. */
function waysFor(text: string): Ways {
  const { pod, namespace } = placesInText(text);
  if (pod === undefined) {
    const [name, ...others] = [...text.matchAll(INSPECTED)].map(([, one]) => one);
    const of = (words: string): string => (name === undefined || others.length > 0 ? words : words.replace("<container>", name));
    return { docker: of(ASK_DOCKER), oomph: of(ASK_OOMPH) };
  }
  return {
    docker: `\`kubectl -n ${namespace ?? "<namespace>"} get pod ${pod} -o yaml | oomph explain -\` says how its containers ended`,
    oomph: `\`oomph investigate pod/${namespace ?? "<namespace>"}/${pod}\` looks at all of it`,
  };
}

/** Lines of a program whose heap is full, or that say how a container ended. Pure. */
export function explainProgramText(text: string): Explained<ProgramTextResult> | undefined {
  const lines = text.split("\n").map((line) => ({ atMs: 0, stream: "stdout" as const, text: line.replace(/\r$/, "") }));
  const { patterns } = scanLog({ lines, truncated: false });
  const read = readEnd(text, patterns);
  const isSystemLog = looksLikeSystemLog(text) && read.heap?.kind !== "heap";
  const fork = patterns.find(({ of, kind }) => of === "redis" && kind === "allocation");
  const told = isSystemLog ? undefined : judge(read);
  const judged = fork === undefined ? told : forkRefused(text, fork);
  if (judged === undefined) return undefined;
  const { headline, ...said } = judged;
  const result: ProgramTextResult = {
    kind: "program_log",
    ...said,
    runtime: read.heap?.of ?? null,
    exitCode: read.exitCode,
    oomKilled: read.oomKilled,
    patterns: patterns.map(({ name, kind, count, sample }) => ({ name, kind, count, sample })),
  };
  return { result, text: rendered(result, headline) };
}

function readEnd(text: string, patterns: readonly PatternHits[]): Read {
  const ofKind = (kind: PatternHits["kind"]): PatternHits | undefined => patterns.find((hit) => hit.kind === kind);
  const [, exitCode] = EXIT.exec(text) ?? [];
  // Of several containers one that is marked counts.
  const marks = [...text.matchAll(MARK)].map(([, mark]) => mark !== "false");
  const oomKilled = marks.length === 0 ? null : marks.includes(true);
  const other = ofKind("worker-killed") ?? ofKind("oom-text");
  return {
    ways: waysFor(text),
    heap: ofKind("heap") ?? ofKind("allocation"),
    // "OOMKilled": false
    other: oomKilled === false && other?.kind === "oom-text" && /OOMKilled/.test(other.sample) ? undefined : other,
    exitCode: exitCode === undefined ? null : Number(exitCode),
    isSigkill: Number(exitCode) === SIGKILL_CODE || SIGKILL.test(text) || ofKind("worker-killed") !== undefined,
    oomKilled,
  };
}

function judge(read: Read): Judged | undefined {
  if (read.oomKilled === true) return markedKilled(read);
  if (read.heap !== undefined) return heapFull(read, read.heap);
  if (read.isSigkill) return onlySigkill(read);
  if (read.other !== undefined) return saysOnly(read.other, read.ways);
  return read.oomKilled === false ? notMarked(read) : undefined;
}

function markedKilled({ exitCode, ways }: Read): Judged {
  return {
    verdict: "cgroup-limit-kill",
    headline: "It is marked OOMKilled: a process of the container was killed for want of memory.",
    confidence: 0.75,
    for: ["the text says OOMKilled", ...(exitCode === SIGKILL_CODE ? ["it ended with 137, as after SIGKILL"] : [])],
    against: ["the mark does not say which process, nor whether the container's limit or the whole host was short: the kernel's log does"],
    advice: [ASK_KERNEL, ways.oomph],
  };
}

function notMarked({ exitCode, ways }: Read): Judged {
  return {
    verdict: "undetermined",
    headline: "It is not marked OOMKilled: nothing in this says that memory ran out.",
    confidence: 0.2,
    for: [],
    against: ["it is not marked OOMKilled", ...(exitCode === null ? [] : [`its exit code is ${exitCode}, and not 137`])],
    advice: [ways.oomph],
  };
}

function heapFull({ isSigkill, oomKilled, exitCode, ways }: Read, { kind, of = "", count, sample }: PatternHits): Judged {
  const who = of === "" ? "A program" : properName(of);
  const sure = kind === "heap" ? 0.68 : 0.5;
  return {
    verdict: "runtime-heap-exhausted",
    headline:
      WITH_HEAP_LIMIT.has(of) && kind === "heap"
        ? `${who} ran out of its own memory: what it allows itself is full, which is not the container's limit.`
        : `${who} was refused memory that it asked the system for: by its own setting, an ulimit, or what the container or the host had left.`,
    confidence: isSigkill ? 0.45 : Math.min(0.8, sure + (oomKilled === false ? 0.08 : 0) + (count > 1 ? 0.03 : 0)),
    for: [
      `${counted(count, "line")} such as "${sample}"`,
      ...(oomKilled === false ? ["it is not marked OOMKilled"] : []),
      ...(exitCode === null || isSigkill ? [] : [`it ended with ${exitCode}, by itself`]),
    ],
    against: [
      ...(isSigkill ? ["it was also ended by SIGKILL: then the kernel may have killed it, or somebody else"] : []),
      "the text does not say how large the heap may be, nor what the container's limit is",
    ],
    advice: [ways.oomph, ...(isSigkill ? [ASK_KERNEL] : [])],
  };
}

function onlySigkill({ exitCode, oomKilled, other, ways }: Read): Judged {
  const what = exitCode === SIGKILL_CODE ? "It ended with 137: SIGKILL (128 + 9)." : "A process was ended by SIGKILL.";
  return {
    verdict: "undetermined",
    headline: `${what} That alone does not say that memory was the reason.`,
    confidence: 0.2,
    for: [
      exitCode === SIGKILL_CODE ? "the kernel's OOM killer ends a process so" : "the kernel's OOM killer sends SIGKILL",
      ...(other === undefined ? [] : [`${counted(other.count, "line")} such as "${other.sample}"`]),
    ],
    against: [
      "`docker stop` after its grace period, `docker kill`, a failed health or liveness check and a time limit of CI end it so too",
      ...(oomKilled === false ? ["it is not marked OOMKilled"] : []),
    ],
    advice: [...(oomKilled === null ? [ways.docker] : []), ASK_KERNEL, ways.oomph],
  };
}

function saysOnly({ count, sample }: PatternHits, ways: Ways): Judged {
  return {
    verdict: "undetermined",
    headline: "A program says that memory ran out, and not whose limit that was.",
    confidence: 0.2,
    for: [`${counted(count, "line")} such as "${sample}"`],
    against: ["the text says neither how much was in use nor under which limit"],
    advice: [ways.oomph, ASK_KERNEL],
  };
}

function rendered(result: ProgramTextResult, headline: string): string {
  const sections = [
    `${headline}\n${result.verdict}, confidence ${Math.round(result.confidence * 100)}%`,
    ...(result.for.length === 0 ? [] : [listed("For", result.for)]),
    listed("Against", result.against),
    listed("What to do", result.advice),
  ];
  return `${sections.join("\n\n")}\n`;
}

function listed(title: string, lines: readonly string[]): string {
  return [`${title}:`, ...lines.map((line) => `  - ${asClause(line)}`)].join("\n");
}
