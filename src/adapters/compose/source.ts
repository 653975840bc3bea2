import { isMap, isPair, isScalar, type Document, type Pair, type Scalar, type YAMLMap } from "yaml";

/** A Compose file with the service that is to be changed. */
export type Source = {
  readonly text: string;
  readonly service: string;
  readonly map: YAMLMap;
  readonly root: Document;
  /** Anchors that something refers to. */
  readonly used: ReadonlySet<string>;
  readonly eol: "\n" | "\r\n";
};

/** It cannot be done safely: the message says why and where. */
export class ByHand extends Error {}

export type KnownPair = {
  readonly pair: Pair;
  readonly key: Scalar & { readonly range: [number, number, number] };
  readonly value: unknown;
};

/** The pair that a map itself has under a name; not one that is merged into it. */
export function pairOf(map: YAMLMap, name: string): KnownPair | undefined {
  for (const pair of map.items) {
    if (!isPair(pair) || !isScalar(pair.key) || pair.key.value !== name || !hasRange(pair.key)) continue;
    return { pair, key: pair.key, value: pair.value };
  }
  return undefined;
}

/** The map that a map itself has under a name. */
export function mapIn(map: YAMLMap, name: string): YAMLMap | undefined {
  const value = pairOf(map, name)?.value;
  return isMap(value) ? value : undefined;
}

/** Where a node is in the text: [start, end of its value]. */
export function rangeOf(node: unknown): readonly [number, number] {
  if (typeof node === "object" && node !== null && "range" in node && Array.isArray(node.range)) {
    const [start, end] = node.range as unknown as readonly [unknown, unknown];
    if (typeof start === "number" && typeof end === "number") return [start, end];
  }
  throw new ByHand("a part of it has no place in the text: change it by hand.");
}

export function hasRange<Node extends { range?: unknown }>(node: Node): node is Node & { range: [number, number, number] } {
  return Array.isArray(node.range);
}

/** Counted from 1. */
export function lineOf(text: string, at: number): number {
  return text.slice(0, at).split("\n").length;
}

export function lineStart(text: string, at: number): number {
  return text.lastIndexOf("\n", at - 1) + 1;
}

/** The end of the line, before its line break. */
export function lineEnd(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  if (end === -1) return text.length;
  return text[end - 1] === "\r" ? end - 1 : end;
}

/** What stands before a position on its line, when that is nothing but white space. */
export function indentAt(text: string, at: number): string | undefined {
  const before = text.slice(lineStart(text, at), at);
  return /^ *$/.test(before) ? before : undefined;
}
