import { formatBytes } from "../../domain/bytes.ts";
import { counted } from "../../domain/count.ts";
import type { Diagnosis, Finding } from "../../domain/finding.ts";
import { percent } from "../words.ts";
import type { Figures } from "./figures.ts";
import type { Picture } from "./picture.ts";

type Line = Diagnosis["summary"][number];

/** The figures for "Evidence Summary". */
export function summarise(picture: Picture, figures: Figures): readonly Line[] {
  const { state, pods, gaps } = picture;
  const { usedBytes, allocatableBytes, share } = figures;
  const lines: (Line | undefined)[] = [
    state && {
      label: "Node",
      value: [
        state.value.facts.name,
        state.value.facts.kubeletVersion,
        state.value.facts.kernel,
        state.value.facts.unschedulable ? "takes no new pods" : undefined,
      ]
        .filter((part) => part !== undefined)
        .join(", "),
    },
    state && { label: "Conditions", value: state.value.facts.conditions.map(({ type, status }) => `${type} ${status}`).join(", ") },
    allocatableBytes === undefined
      ? undefined
      : {
          label: "Memory",
          value: `${usedBytes === undefined ? "use not read" : `${formatBytes(usedBytes)} used`}, ${formatBytes(allocatableBytes)} for pods${share === undefined ? "" : ` (${percent(share)})`}`,
        },
    pods && {
      label: "Pods",
      value: `${counted(pods.value.pods, "pod")}: requests ${formatBytes(pods.value.requestBytes)}, limits ${formatBytes(pods.value.limitBytes)}, ${pods.value.withoutLimit} without a limit, ${pods.value.withoutRequest} without a request`,
    },
    pods && pods.value.killed.length > 0
      ? {
          label: "Killed by their own limit",
          value: pods.value.killed
            .slice(0, 5)
            .map(({ namespace, pod }) => `${namespace}/${pod}`)
            .join(", "),
        }
      : undefined,
    gaps.length === 0
      ? undefined
      : { label: "Could not be read", value: gaps.map(({ step, code }) => `${step.replace("k8s.", "")} (${code})`).join("; ") },
  ];
  return lines.filter((line) => line !== undefined);
}

/** What takes most of it. */
export function largestTable({ pods }: Picture): Diagnosis["suspects"] {
  const largest = pods?.value.largest ?? [];
  if (largest.length === 0) return undefined;
  const size = (bytes: number | undefined): string => (bytes === undefined ? "none" : formatBytes(bytes));
  return {
    title: "What takes most of it",
    columns: ["Pod", "Memory", "Request", "Limit"],
    rows: largest.map(({ namespace, pod, workingSetBytes, requestBytes, limitBytes }) => [
      `${namespace}/${pod}`,
      formatBytes(workingSetBytes),
      size(requestBytes),
      size(limitBytes),
    ]),
  };
}

const IN_TROUBLE: ReadonlySet<string> = new Set(["node-out-of-memory", "memory-pressure", "evicting", "near-limit", "overcommitted"]);

/** What people must do themselves: Oomph changes workloads, not nodes. */
export function furtherStepsFor({ verdict }: Finding, { gaps, pods }: Picture): readonly string[] {
  const lacking = [...new Set(gaps.filter(({ code }) => code === "no-rights").map(({ because }) => because))];
  const [first] = pods?.value.largest ?? [];
  return [
    ...(IN_TROUBLE.has(verdict)
      ? [
          ...(first === undefined ? [] : [`Look at what takes most: \`/oom investigate pod/${first.namespace}/${first.pod}\`.`]),
          "Give the pods of this node requests near what they use, so that the scheduler leaves room: those without one are put anywhere.",
          "To spare it at once: `kubectl cordon` keeps new pods away, `kubectl drain` moves those that it has.",
        ]
      : []),
    ...lacking.map((because) => `So that Oomph sees more next time: ${because}`),
  ];
}
