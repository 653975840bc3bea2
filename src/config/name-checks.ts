import { isTree, type Tree } from "./yaml-file.ts";

/** What a connection may be called. */
export const NAME = "a name of letters, digits, dots, dashes and underscores";

export function isConnectionName(name: string): boolean {
  return /^[a-z0-9][a-z0-9._-]{0,62}$/i.test(name);
}

/** The section at a key; an empty one where there is none. */
export function treeAt(tree: Tree, key: string): Tree {
  const value = tree[key];
  return isTree(value) ? value : {};
}
