import { resolve } from "node:path";
import { schemaAt, type Path } from "./outline-schema.ts";
import { Document } from "./schema.ts";
import { docOf, isAbsent } from "./setting-schema.ts";
import { isTree, type Tree } from "./yaml-file.ts";

/** Paths in a file are meant from the folder that it lies in, wherever Oomph is started. Changes `tree`. */
export function resolvePaths(tree: Tree, folder: string, path: Path = []): void {
  for (const [key, value] of Object.entries(tree)) {
    const place = [...path, key];
    const schema = schemaAt(Document, place);
    if (isTree(value)) resolvePaths(value, folder, place);
    else if (schema !== undefined && docOf(schema)?.path === true) tree[key] = Array.isArray(value) ? value.map(near) : near(value);
  }

  function near(value: unknown): unknown {
    return typeof value === "string" && !isAbsent(value) ? resolve(folder, value) : value;
  }
}
