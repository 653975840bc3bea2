import { isMap, isNode, isPair, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from "yaml";
import type { Problem } from "./problem.ts";

export type YamlFile = {
  readonly name: string;
  readonly content: Tree;
  readonly problems: readonly Problem[];
  /** `oomph.yaml:12`, of the deepest part of a path that is there; `oomph.yaml` where none of it is. */
  where(path: readonly (string | number)[]): string;
};

export type Tree = { [key: string]: unknown };

/** Reads a configuration file, so that each of its values can be found by line. */
export function readYaml(name: string, text: string): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number): string => `${name}:${lines.linePos(offset).line}`;
  const complaints = [...document.errors, ...document.warnings].map((error) => ({
    key: at(error.pos[0]),
    expected: "valid YAML",
    received: `a mistake: ${error.message}`,
  }));
  const content: unknown = complaints.length === 0 ? document.toJS() : undefined;
  const wrongRoot = content !== undefined && content !== null && !isTree(content);
  return {
    name,
    content: isTree(content) ? content : {},
    problems: wrongRoot ? [{ key: `${name}:1`, expected: "sections such as `redis:`", received: "something else at the top" }] : complaints,
    where(path) {
      const offset = offsetOf(document, path);
      return offset === undefined ? name : at(offset);
    },
  };
}

export function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function offsetOf(document: Document, path: readonly (string | number)[]): number | undefined {
  let offset: number | undefined;
  let node: unknown = document.contents;
  for (const step of path) {
    const next = stepInto(node, step);
    if (next === undefined) break;
    ({ offset, node } = next);
  }
  return offset;
}

function stepInto(node: unknown, step: string | number): { readonly offset: number; readonly node: unknown } | undefined {
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
    return isPair(pair) && isScalar(pair.key) ? { offset: startOf(pair.key), node: pair.value } : undefined;
  }
  const item: unknown = isSeq(node) ? node.items[Number(step)] : undefined;
  return isNode(item) ? { offset: startOf(item), node: item } : undefined;
}

function startOf(node: Node): number {
  return node.range?.[0] ?? 0;
}
