import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";

/** Runs `npm ci` when node_modules is not what package-lock.json says. Returns what was done, or undefined. */
export function installPackages(root) {
  const why = mismatch(root);
  if (why === undefined) return undefined;
  console.error(`set-up: installing packages with npm ci, which says nothing for a minute or two (${why})`);
  // Run by npm itself, npm tells where it is; on Windows and under version managers the bare name may be another one.
  const npm = process.env["npm_execpath"];
  const [command, args] = npm?.endsWith("npm-cli.js") === true ? [process.execPath, [npm, "ci"]] : ["npm", ["ci"]];
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2] });
  if (error !== undefined) throw new Error(`npm could not be started: ${error.message}. Install npm 10 or newer beside Node.`);
  if (status !== 0) throw new Error(`npm ci ended with code ${status}: its own words are above. Mend that, then run it again.`);
  return "packages installed";
}

/** Why node_modules does not match package-lock.json; undefined when it does. */
export function mismatch(root) {
  const wanted = packagesOf(resolve(root, "package-lock.json"));
  if (wanted === undefined) throw new Error(`expected a package-lock.json in ${root}: is this a complete checkout?`);
  const installed = packagesOf(resolve(root, "node_modules/.package-lock.json"));
  if (installed === undefined) return "no packages are installed";
  for (const [path, { version, optional }] of Object.entries(wanted)) {
    const found = installed[path];
    if (found === undefined && optional === true) continue; // built for other systems
    if (found === undefined || !existsSync(resolve(root, path))) return `${path} is missing`;
    if (found.version !== version) return `${path} is ${found.version}, expected ${version}`;
  }
  const surplus = Object.keys(installed).find((path) => wanted[path] === undefined);
  return surplus === undefined ? undefined : `${surplus} is not in package-lock.json`;
}

function packagesOf(lockFile) {
  if (!existsSync(lockFile)) return undefined;
  const { packages } = JSON.parse(readFileSync(lockFile, "utf8"));
  return Object.fromEntries(Object.entries(packages).filter(([path, entry]) => path !== "" && entry.link !== true));
}
