import { isDeepStrictEqual } from "node:util";
import { isMap, parseDocument, visit, type Document, type YAMLMap } from "yaml";
import type { ComposeChange } from "../../ports/compose-files.ts";
import { editEnvironment } from "./edit-environment.ts";
import type { Edit } from "./edit.ts";
import { editLimit } from "./edit-limit.ts";
import { expectedMeaning, meaningOf } from "./expected-model.ts";
import { ByHand, lineOf, pairOf, type Source } from "./source.ts";

export type Edited =
  | { readonly kind: "edited"; readonly text: string }
  | { readonly kind: "same" }
  | { readonly kind: "by-hand"; readonly because: string };

/**
 * A Compose file that says what a container shall have, with all its other bytes as they were. What cannot be done without
 * touching anything else is left to people, with the reason and the line. Pure.
 */
export function editComposeFile(text: string, service: string, change: ComposeChange): Edited {
  try {
    const document = parse(text);
    const source = sourceOf(text, document, service);
    const edits = [...editEnvironment(source, change), ...editLimit(source, change)];
    const edited = applyEdits(text, edits);
    if (edited === text) return { kind: "same" };
    const wanted = expectedMeaning(document.toJS(), service, change);
    // Whatever the file looks like: what Compose would read from it must be what was wanted, and nothing else.
    if (!isDeepStrictEqual(meaningOf(parse(edited).toJS(), service), wanted))
      throw new ByHand(`the file is written in a way that Oomph cannot change safely: change service ${service} by hand.`);
    return { kind: "edited", text: edited };
  } catch (error) {
    if (error instanceof ByHand) return { kind: "by-hand", because: error.message };
    throw error;
  }
}

/** Does the file have the service at all? */
export function hasService(text: string, service: string): boolean {
  const services = parseDocument(text, { merge: true }).get("services");
  return isMap(services) && services.has(service);
}

function parse(text: string): Document {
  const document = parseDocument(text, { merge: true });
  const [error] = document.errors;
  if (error !== undefined) throw new ByHand(`it is not YAML that can be read (${error.message.split("\n")[0] ?? error.code}).`);
  return document;
}

function sourceOf(text: string, document: Document, service: string): Source {
  const services = document.get("services");
  if (!isMap(services)) throw new ByHand("it has no services.");
  const pair = pairOf(services, service);
  if (pair === undefined) throw new ByHand(`it has no service ${service}.`);
  if (!isMap(pair.value))
    throw new ByHand(`service ${service} (line ${lineOf(text, pair.key.range[0])}) is an alias of another part of the file: change that.`);
  const used = anchorsInUse(document);
  refuseShared(text, pair.value, { service, used });
  return { text, service, map: pair.value, root: document, used, eol: text.includes("\r\n") ? "\r\n" : "\n" };
}

/** Names of anchors that something refers to: what carries one is shared. */
function anchorsInUse(document: Document): ReadonlySet<string> {
  const used = new Set<string>();
  visit(document, { Alias: (_, alias) => void used.add(alias.source) });
  return used;
}

function refuseShared(
  text: string,
  map: YAMLMap,
  { service, used }: { readonly service: string; readonly used: ReadonlySet<string> },
): void {
  if (map.anchor === undefined || !used.has(map.anchor)) return;
  const line = lineOf(text, map.range?.[0] ?? 0);
  throw new ByHand(
    `service ${service} carries the anchor &${map.anchor} (line ${line}), by which other parts take it over: a change here would change them too.`,
  );
}

function applyEdits(text: string, edits: readonly Edit[]): string {
  const ordered = edits.toSorted((left, right) => right.start - left.start);
  return ordered.reduce((so, { start, end, text: instead }) => so.slice(0, start) + instead + so.slice(end), text);
}
