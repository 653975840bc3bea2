import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { aptGet, isInstalled, rootPrefix } from "./programs.mjs";

// Which of them holds the program differs between releases of Debian and Ubuntu.
const PACKAGES = ["nginx", "nginx-light", "nginx-core"];
const WITHOUT = "tests on real containers of nginx are skipped (to have them: apt-get install nginx)";

/**
 * Tests on containers run a real nginx. Where Docker is and nginx is not, takes the program out of Debian's package into
 * .oomph/nginx, without installing it: the package would start a server on port 80. Without it those tests are skipped.
 */
export function bringNginx(root, systemsOwn = "/usr/sbin/nginx") {
  const home = resolve(root, ".oomph/nginx");
  const isThere = isInstalled("nginx") || existsSync(systemsOwn) || existsSync(programIn(home));
  if (isThere || !["docker", "apt-get", "dpkg-deb"].every(isInstalled)) return undefined;
  console.error("set-up: downloading nginx with apt-get, for tests on containers");
  const scratch = mkdtempSync(join(tmpdir(), "oomph-nginx-"));
  try {
    const archive = download(scratch);
    if (archive === undefined) return `no nginx could be downloaded: ${WITHOUT}`;
    const fresh = `${home}.${process.pid}`;
    mkdirSync(resolve(root, ".oomph"), { recursive: true });
    rmSync(home, { recursive: true, force: true });
    run("dpkg-deb", ["-x", archive, fresh]);
    bringLibraries(programIn(fresh), archive);
    renameSync(fresh, home);
    return "nginx downloaded for tests on containers";
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function programIn(folder) {
  return join(folder, "usr/sbin/nginx");
}

/** Package lists may be missing, or name a version that is gone: they are fetched where that may be done. */
function download(scratch) {
  const asRoot = rootPrefix();
  return downloadOne(scratch) ?? (asRoot !== undefined && aptGet(asRoot, ["update"]) ? downloadOne(scratch) : undefined);
}

/** The archive that has the program. */
function downloadOne(scratch) {
  for (const name of PACKAGES) {
    const folder = mkdtempSync(join(scratch, `${name}-`));
    if (!run("apt-get", ["download", "-qq", name], folder)) continue;
    const [archive] = readdirSync(folder).filter((file) => file.endsWith(".deb"));
    if (archive === undefined || !run("dpkg-deb", ["-x", archive, "unpacked"], folder)) continue;
    if (existsSync(programIn(join(folder, "unpacked")))) return join(folder, archive);
  }
  return undefined;
}

/** What it is linked with and this machine does not have, such as libpcre2: libraries start nothing, and are installed. */
function bringLibraries(program, archive) {
  const asRoot = rootPrefix();
  if (run(program, ["-v"]) || asRoot === undefined) return;
  const depends = spawnSync("dpkg-deb", ["-f", archive, "Depends"], { encoding: "utf8" }).stdout;
  const libraries = depends
    .split(/[,|]/)
    .map((one) => one.trim().split(" ")[0])
    .filter((name) => /^(lib|zlib)/.test(name));
  aptGet(asRoot, ["install", "-y", "--no-install-recommends", ...libraries]);
}

function run(command, args, cwd) {
  return spawnSync(command, args, { cwd, stdio: "ignore" }).status === 0;
}
