import { formatBytes } from "../domain/bytes.ts";
import type { DescribedNode } from "../domain/pod-text/read-node-text.ts";
import { oneLine } from "../runbooks/words.ts";
import type { Explained } from "./explained.ts";
import { listed } from "./listed.ts";

/** What a node comes to. Keys are stable for scripts; null: the text does not say. */
export type NodeResult = {
  readonly kind: "node";
  /** `node_oom`: its kubelet told of a kill for want of memory. */
  readonly verdict: "memory_pressure" | "no_memory_pressure" | "node_oom" | "undetermined";
  readonly confidence: number;
  readonly node: string | null;
  readonly capacityBytes: number | null;
  readonly allocatableBytes: number | null;
  /** Of all its pods together, in per cent of what is allocatable. */
  readonly memoryRequestsPercent: number | null;
  readonly memoryLimitsPercent: number | null;
  readonly for: readonly string[];
  readonly against: readonly string[];
  readonly advice: readonly string[];
};

const FULL_PERCENT = 100;
const SYSTEM_OOM_DOUBT =
  "kubelets say SystemOOM of what a limit outside their pods killed as well: the kernel's log tells whose memory was short";
// The kernel killed something there, which need not mean that the node had no memory left.
const DOUBTED_OOM = 0.7;
const CONFIDENCE: Readonly<Record<NodeResult["verdict"], number>> = {
  memory_pressure: 0.93,
  node_oom: 0.93,
  no_memory_pressure: 0.9,
  undetermined: 0.2,
};

/** Is a node short of memory? More limits than it has memory are a risk, and no incident. */
export function judgeNode({ node, events, memory }: DescribedNode): Explained<NodeResult> {
  const pressure = node.conditions.find(({ type }) => type === "MemoryPressure");
  const kill = events.find(({ reason }) => reason === "SystemOOM" || reason === "OOMKilling");
  const evicting = events.find(({ reason }) => reason === "EvictionThresholdMet" || reason === "NodeHasInsufficientMemory");
  const verdict = verdictOf(pressure?.status, kill !== undefined);
  const { requestsPercent, limitsPercent } = memory;
  const overcommitted = limitsPercent !== undefined && limitsPercent > FULL_PERCENT;
  const state =
    pressure === undefined
      ? []
      : [`its condition MemoryPressure is ${pressure.status}${pressure.reason === undefined ? "" : ` (${pressure.reason})`}`];
  const told = [kill, evicting].flatMap((event) =>
    event === undefined ? [] : [`an event ${event.reason} says: "${oneLine(event.message, 160)}"`],
  );
  const over = overcommitted
    ? [`the limits of its pods come to ${limitsPercent}% of its memory: when they all use what they may, it runs out`]
    : [];
  const trouble = verdict === "memory_pressure" || verdict === "node_oom";
  const isPressed = pressure?.status === "True";
  const denied = pressure?.status === "False" ? state : [];
  const doubted = verdict === "node_oom" && kill?.reason === "SystemOOM" && pressure?.status === "False";
  const result: NodeResult = {
    kind: "node",
    verdict,
    confidence: doubted ? DOUBTED_OOM : CONFIDENCE[verdict],
    node: node.name || null,
    capacityBytes: node.capacityBytes ?? null,
    allocatableBytes: node.allocatableBytes ?? null,
    memoryRequestsPercent: requestsPercent ?? null,
    memoryLimitsPercent: limitsPercent ?? null,
    for: trouble ? [...told, ...(isPressed ? state : [])] : state,
    against: trouble ? [...denied, ...(doubted ? [SYSTEM_OOM_DOUBT] : [])] : [...told, ...over],
    advice: adviceFor(trouble, overcommitted),
  };
  return { result, text: rendered(result) };
}

function verdictOf(status: string | undefined, killed: boolean): NodeResult["verdict"] {
  if (status === "True") return "memory_pressure";
  if (killed) return "node_oom";
  return status === "False" ? "no_memory_pressure" : "undetermined";
}

function adviceFor(trouble: boolean, overcommitted: boolean): readonly string[] {
  const fit =
    "Give its pods requests and limits that fit its memory together: `kubectl top pods -A --sort-by=memory` shows who uses how much.";
  if (trouble) return [fit, "Ask its kernel whom it killed: `journalctl -k | oomph explain -`."];
  return overcommitted ? [fit] : [];
}

function rendered(result: NodeResult): string {
  const who = result.node === null ? "The node" : `Node ${result.node}`;
  const headline = {
    memory_pressure: `${who} is short of memory: its kubelet evicts pods.`,
    node_oom: `${who} lost a process: the kernel killed it for want of memory.`,
    no_memory_pressure: `${who} is not short of memory.`,
    undetermined: `Whether ${who} is short of memory is not told here.`,
  }[result.verdict];
  const memory = result.allocatableBytes === null ? [] : [`${formatBytes(result.allocatableBytes)} of memory can be given to pods`];
  const sections = [
    `${headline}\n${result.verdict}, confidence ${Math.round(result.confidence * 100)}%`,
    listed("For", [...result.for, ...memory]),
    listed("Against, and to be watched", result.against),
    listed("What to do", result.advice),
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}
