import { isMap, isNode, isPair, isScalar, isSeq, LineCounter, parseDocument, visit, type Document, type Node } from "yaml";
import { messageOf } from "../domain/errors.ts";
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
  const mistakes = [...document.errors, ...document.warnings].map(({ code, pos: [start], message }) => ({
    key: at(start),
    ...(UNQUOTED.has(code) ? unquoted(wordAt(text, start)) : invalid(message)),
  }));
  const complaints = mistakes.length > 0 ? mistakes : strayAliases(document, at);
  const content = complaints.length > 0 ? { problems: complaints } : contentOf(document, name);
  return {
    name,
    content: {},
    problems: [],
    ...content,
    where(path) {
      const offset = offsetOf(document, path);
      return offset === undefined ? name : at(offset);
    },
  };
}

/** What YAML gives a meaning of its own where a value begins: `*` is that of what was named with `&` before. */
const UNQUOTED: ReadonlySet<string> = new Set(["BAD_ALIAS", "BAD_SCALAR_START"]);

/** Patterns such as `*HighMemory`, which YAML takes for a reference to something of that name. */
function strayAliases(document: Document, at: (offset: number) => string): readonly Problem[] {
  const problems: Problem[] = [];
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document) === undefined) problems.push({ key: at(startOf(alias)), ...unquoted(`*${alias.source}`) });
    },
  });
  return problems;
}

function contentOf(document: Document, name: string): Partial<Pick<YamlFile, "content" | "problems">> {
  const key = `${name}:1`;
  try {
    const content: unknown = document.toJS();
    if (isTree(content)) return { content };
    const isEmpty = content === undefined || content === null;
    return isEmpty ? {} : { problems: [{ key, expected: "sections such as `redis:`", received: "something else at the top" }] };
  } catch (error) {
    return { problems: [{ key, ...invalid(messageOf(error)) }] }; // too many references, each of many others
  }
}

function invalid(message: string): Omit<Problem, "key"> {
  return { expected: "valid YAML", received: `a mistake: ${message}` };
}

function unquoted(word: string): Omit<Problem, "key"> {
  return {
    expected: `quotation marks around it, as in "${word}", because YAML gives ${word.slice(0, 1)} a meaning of its own`,
    received: word,
  };
}

function wordAt(text: string, start: number): string {
  return /^[^\s,\]}#]+/.exec(text.slice(start))?.[0] ?? "";
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
