import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";

/** Makes dist/ of src/ and the packages when they have changed since. Beside dist/ and then renamed, so that there is never half of one. */
export function compileSources(root) {
  const stamp = sourceHash(root);
  const stampFile = resolve(root, "dist/.sources");
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return undefined;

  console.error("set-up: compiling src/ to dist/");
  const fresh = resolve(root, `dist.${process.pid}`);
  const rolldown = resolve(root, "node_modules/rolldown/bin/cli.mjs");
  const { status, stdout, stderr } = spawnSync(process.execPath, [rolldown, "-c", "--dir", fresh], { cwd: root, encoding: "utf8" });
  if (status !== 0) {
    rmSync(fresh, { recursive: true, force: true });
    throw new Error(`src/ does not compile:\n${stdout}${stderr}`);
  }
  writeFileSync(join(fresh, ".sources"), stamp);
  replace(resolve(root, "dist"), fresh);
  return "src/ compiled";
}

function replace(folder, fresh) {
  const old = `${fresh}.old`;
  if (existsSync(folder)) renameSync(folder, old);
  renameSync(fresh, folder);
  rmSync(old, { recursive: true, force: true });
}

/** By content, not by time: a fresh checkout has new times and old content. */
function sourceHash(root) {
  const files = [
    ...filesIn(resolve(root, "src")),
    ...["package.json", "package-lock.json", "tsconfig.json", "rolldown.config.mjs"].map((name) => resolve(root, name)),
  ];
  const hash = createHash("sha256");
  for (const file of files)
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update("\0");
  return hash.digest("hex");
}

function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}
