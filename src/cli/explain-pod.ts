import { readManifest, type Manifest } from "../adapters/kubernetes/read-manifest.ts";
import { completeJson } from "../domain/pod-text/complete-json.ts";
import { stateOfGoMap } from "../domain/pod-text/go-map.ts";
import { plainLines } from "../domain/pod-text/lines.ts";
import { podOfRow } from "../domain/pod-text/pod-of-row.ts";
import { readPodText } from "../domain/pod-text/read-pod-text.ts";
import type { ClusterEvent, PodFacts } from "../domain/workload.ts";
import { judgeEvents, type EventsResult } from "./explain-cluster-events.ts";
import { judgeNode, type NodeResult } from "./explain-node.ts";
import type { Explained } from "./explained.ts";
import { podsResult, type PodResult } from "./pod-result.ts";

export type ClusterResult = PodResult | NodeResult | EventsResult;

// YAML of any size is read into objects before anything is known of it.
const MOST_CHARACTERS = 8 * 2 ** 20;
const DEEPEST = 60;
// What objects of Kubernetes' are known by, in JSON and in YAML.
const MANIFEST =
  /(?:^|[\s{[,"-])(?:containerStatuses|initContainerStatuses|lastState|terminated|exitCode|involvedObject|kind|phase|qosClass)"?\s*:/;

// Without any of these words it is nothing that kubectl prints for people: most logs are passed by with one look.
const PRINTED =
  /\b(?:State|Exit Code|Reason|REASON|Status|Capacity|Allocatable|MemoryPressure|Normal|Warning):?\s|\s\d{1,3}\/\d{1,3}\s|\bevent for \S+: \{/;

/** What kubectl printed of pods, of a node or of events: as JSON, YAML, descriptions or tables, whole or in parts. Pure. */
export function explainPod(text: string): Explained<ClusterResult> | undefined {
  return ofManifest(text) ?? ofPrinted(text);
}

function ofManifest(text: string): Explained<ClusterResult> | undefined {
  if (text.length > MOST_CHARACTERS || !MANIFEST.test(text)) return undefined;
  const found = manifestIn(plainLines(text).join("\n"));
  if (found === undefined) return undefined;
  const { pods, events, nodes } = found;
  const [node] = nodes;
  if (pods.length > 0)
    return podsResult(
      pods.map((pod) => ({ pod, events: eventsOf(pod, events) })),
      text,
    );
  if (node !== undefined) return judgeNode({ node, events, memory: {} });
  return judgeEvents(events);
}

function manifestIn(plain: string): Manifest | undefined {
  const state = stateOfGoMap(plain);
  if (state !== undefined) return readManifest(state);
  if (!/^\s*[[{"]/.test(plain)) return (isDeep(plain) ? undefined : readManifest(plain)) ?? completed(plain);
  return isJson(plain) ? readManifest(plain) : completed(plain);
}

function completed(plain: string): Manifest | undefined {
  const part = completeJson(plain);
  return part === undefined || !isJson(part) ? undefined : readManifest(part);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Brackets in brackets in brackets take a reader of YAML more time than their number. */
function isDeep(text: string): boolean {
  let depth = 0;
  for (const character of text) {
    if (character === "[" || character === "{") depth += 1;
    else if (character === "]" || character === "}") depth = Math.max(0, depth - 1);
    if (depth > DEEPEST) return true;
  }
  return false;
}

function ofPrinted(text: string): Explained<ClusterResult> | undefined {
  const read = PRINTED.test(text) ? readPodText(text) : undefined;
  switch (read?.kind) {
    case undefined:
      return undefined;
    case "described":
      return podsResult(read.pods, text);
    case "rows":
      return podsResult(
        read.rows.map((row) => ({ pod: podOfRow(row), events: [] })),
        text,
      );
    case "node":
      return judgeNode(read.node);
    case "events":
      return judgeEvents(read.events);
    default:
      return read satisfies never;
  }
}

function eventsOf({ name, namespace, node }: PodFacts, events: readonly ClusterEvent[]): readonly ClusterEvent[] {
  return events.filter(({ about }) => (about.kind === "Node" ? about.name === node : about.name === name && about.namespace === namespace));
}
