import type { ClusterEvent } from "../workload.ts";
import { readListedEvent, readLooseEvent } from "./event-rows.ts";
import { readEventColumns } from "./event-columns.ts";
import { fieldOf, linesOf, type Line } from "./lines.ts";
import { readPodRow, type PodRow } from "./pod-rows.ts";
import { PodDescription, type DescribedPod } from "./read-describe.ts";
import { readNodeText, type DescribedNode } from "./read-node-text.ts";

/** What kubectl printed for people. */
export type PodText =
  | { readonly kind: "described"; readonly pods: readonly DescribedPod[] }
  | { readonly kind: "node"; readonly node: DescribedNode }
  | { readonly kind: "rows"; readonly rows: readonly PodRow[] }
  | { readonly kind: "events"; readonly events: readonly ClusterEvent[] };

/**
 * Reads `kubectl describe pod` and `describe node`, `get pods` and `get events`, of any version, whole or in parts, with
 * whatever a terminal or a chat put around it. Undefined: the text is none of these. Linear in its length.
 */
export function readPodText(text: string): PodText | undefined {
  const lines = withoutOuterIndent(linesOf(text));
  const described = describedIn(lines);
  if (described.length > 0) return { kind: "described", pods: described };
  const node = readNodeText(lines);
  if (node !== undefined) return { kind: "node", node };
  const events = lines.flatMap((line) => readListedEvent(line) ?? []);
  const rows = lines.flatMap((line) => readPodRow(line) ?? []);
  if (rows.length > 0 && rows.length >= events.length) return { kind: "rows", rows };
  const found = [events, readEventColumns(lines), lines.flatMap((line) => readLooseEvent(line) ?? [])].find(({ length }) => length > 0);
  return found === undefined ? undefined : { kind: "events", events: found };
}

function describedIn(lines: readonly Line[]): readonly DescribedPod[] {
  const pods: DescribedPod[] = [];
  let description = new PodDescription();
  const filled = lines.filter(({ text }) => text !== "");
  const take = (): void => {
    const described = description.end();
    if (isPod(described)) pods.push(described);
  };
  for (const [at, line] of filled.entries()) {
    if (beginsPod(line, filled[at + 1])) {
      take();
      description = new PodDescription();
    }
    description.feed(line, filled[at + 1]);
  }
  take();
  return pods;
}

/** `Name:` also stands deeper in a description, of a volume's source; only of a pod its namespace follows. */
function beginsPod(line: Line, next: Line | undefined): boolean {
  return fieldOf(line)?.key === "Name" && next !== undefined && fieldOf(next)?.key === "Namespace";
}

/** What says something of a container, or of an end of the pod as a whole. */
function isPod({ pod }: DescribedPod): boolean {
  const seen = pod.containers.some(({ state, lastState }) => state !== undefined || lastState !== undefined);
  return seen || (pod.name !== "" && pod.namespace !== "" && pod.phase !== "Unknown") || pod.reason === "Evicted";
}

/** A part cut out of the middle, or a text that was pasted indented, is read from its own left edge. */
function withoutOuterIndent(lines: readonly Line[]): readonly Line[] {
  let outer = Number.POSITIVE_INFINITY;
  for (const { indent, text } of lines) if (text !== "") outer = Math.min(outer, indent);
  if (outer === 0 || outer === Number.POSITIVE_INFINITY) return lines;
  return lines.map(({ indent, text }) => ({ indent: Math.max(0, indent - outer), text }));
}
