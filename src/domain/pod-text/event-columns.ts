import type { ClusterEvent } from "../workload.ts";
import type { Line } from "./lines.ts";

const KINDS = /^(?:(pod|node)s?\/)?(\S+)$/;

/** Events in columns of somebody's own choice (`-o custom-columns=TIME:...,REASON:...,MSG:...`), by their heading. */
export function readEventColumns(lines: readonly Line[]): readonly ClusterEvent[] {
  const at = lines.findIndex(({ text }) => /\bREASON\b/.test(text) && /\bM(?:ESSA|S)GE?\b/.test(text) && text === text.toUpperCase());
  const names = lines[at]?.text.split(/\s{2,}|\t/) ?? [];
  return lines.slice(at + 1).flatMap(({ text }) => eventOf(text, names) ?? []);
}

function eventOf(text: string, names: readonly string[]): ClusterEvent | undefined {
  if (names.length < 2) return undefined;
  const cells = text.split(/\s{2,}|\t/);
  const cell = (...of: readonly string[]): string | undefined => cells[names.findIndex((name) => of.includes(name))];
  const reason = cell("REASON");
  if (cells.length !== names.length || reason === undefined || !/^[A-Z]\w+$/.test(reason)) return undefined;
  const [, kind = "pod", name = ""] = KINDS.exec(cell("OBJECT", "NAME", "POD") ?? "") ?? [];
  const count = Number(cell("COUNT"));
  return {
    uid: "",
    type: cell("TYPE") ?? "",
    reason,
    message: cell("MESSAGE", "MSG") ?? "",
    count: Number.isInteger(count) && count > 0 ? count : 1,
    about: { kind: kind === "node" ? "Node" : "Pod", name, namespace: cell("NAMESPACE") ?? "" },
  };
}
