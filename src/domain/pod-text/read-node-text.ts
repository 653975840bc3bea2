import { given } from "../given.ts";
import { parseBytesQuantity } from "../quantity.ts";
import type { ClusterEvent, Condition, NodeFacts } from "../workload.ts";
import { readEventRow } from "./event-rows.ts";
import { fieldOf, type Line } from "./lines.ts";

/** A node as kubectl describe shows it. */
export type DescribedNode = {
  readonly node: NodeFacts;
  readonly events: readonly ClusterEvent[];
  /** Of all its pods together, in per cent of what it can give; absent: not shown. */
  readonly memory: {
    readonly requestsPercent?: number;
    readonly limitsPercent?: number;
    readonly requestsBytes?: number;
    readonly limitsBytes?: number;
  };
};

const SECTIONS: ReadonlySet<string> = new Set([
  "Labels",
  "Annotations",
  "Taints",
  "Lease",
  "Conditions",
  "Addresses",
  "Capacity",
  "Allocatable",
  "System Info",
  "Non-terminated Pods",
  "Allocated resources",
  "Events",
]);
// `memory  2174Mi (65%)  5418Mi (163%)`
const ALLOCATED = /^memory\s+(\S+) \((\d+)%\)\s+(\S+) \((\d+)%\)/;
const CONDITION = /^(\S+)\s+(True|False|Unknown)\b(.*)$/;
const OF_CONDITION = /^\s+\S.*?\s{2,}\S.*?\s{2,}(\S+)\s{2,}(.*)$/;
const PRESSURES: ReadonlySet<string> = new Set(["MemoryPressure", "DiskPressure", "PIDPressure"]);

/** One node of `kubectl describe node`, or as much of it as there is. Undefined: the text is of no node. Reads each line once. */
export function readNodeText(lines: readonly Line[]): DescribedNode | undefined {
  const fields = new Map<string, string>();
  const conditions: Condition[] = [];
  const rows: Line[] = [];
  let memory: DescribedNode["memory"] = {};
  let section = "";
  for (const line of lines) {
    const field = fieldOf(line);
    if (field !== undefined && SECTIONS.has(field.key)) section = field.key;
    else if (field !== undefined && line.indent === 0 && section !== "Events") section = "";
    const condition = CONDITION.exec(line.text);
    if (section === "Events") rows.push(line);
    else if (condition !== null && (section === "Conditions" || PRESSURES.has(condition[1] ?? ""))) conditions.push(conditionOf(condition));
    else if (section === "Allocated resources" || ALLOCATED.test(line.text)) memory = allocated(line) ?? memory;
    else if (field !== undefined && !fields.has(`${section}/${field.key}`)) fields.set(`${section}/${field.key}`, field.value);
  }
  const isNode = ["Capacity/memory", "Allocatable/memory", "/Roles", "/PodCIDR", "System Info/Kubelet Version"].some((key) =>
    fields.has(key),
  );
  const pressed = conditions.some(({ type }) => PRESSURES.has(type));
  if (!isNode && !pressed && memory.limitsPercent === undefined) return undefined;
  const name = fields.get("/Name") ?? "";
  const about = { kind: "Node", name, namespace: "" };
  return { node: nodeOf(fields, conditions, name), events: rows.flatMap((row) => readEventRow(row, about) ?? []), memory };
}

function nodeOf(fields: ReadonlyMap<string, string>, conditions: readonly Condition[], name: string): NodeFacts {
  return {
    name,
    uid: "",
    conditions,
    unschedulable: fields.get("/Unschedulable") === "true",
    ...given({
      capacityBytes: parseBytesQuantity(fields.get("Capacity/memory")),
      allocatableBytes: parseBytesQuantity(fields.get("Allocatable/memory")),
      kubeletVersion: fields.get("System Info/Kubelet Version"),
      kernel: fields.get("System Info/Kernel Version"),
      runtime: fields.get("System Info/Container Runtime Version"),
    }),
  };
}

function conditionOf([, type = "", status = "", rest = ""]: RegExpExecArray): Condition {
  const [, reason, message] = OF_CONDITION.exec(rest) ?? [];
  return { type, status, ...given({ reason, message }) };
}

function allocated({ text }: Line): DescribedNode["memory"] | undefined {
  const [found, requests, requestsPercent, limits, limitsPercent] = ALLOCATED.exec(text) ?? [];
  if (found === undefined) return undefined;
  return {
    requestsPercent: Number(requestsPercent),
    limitsPercent: Number(limitsPercent),
    ...given({ requestsBytes: parseBytesQuantity(requests), limitsBytes: parseBytesQuantity(limits) }),
  };
}
