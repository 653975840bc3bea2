import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { isInstalled } from "./programs.mjs";

/**
 * Tests on containers run a real nginx. Where Docker is and nginx is not, takes the program out of Debian's package into
 * .oomph/nginx, without installing it: the package would start a server on port 80. Without it those tests are skipped.
 */
export function bringNginx(root) {
  const home = resolve(root, ".oomph/nginx");
  const isThere = isInstalled("nginx") || existsSync("/usr/sbin/nginx") || existsSync(join(home, "usr/sbin/nginx"));
  if (isThere || !["docker", "apt-get", "dpkg-deb"].every(isInstalled)) return undefined;
  const scratch = mkdtempSync(join(tmpdir(), "oomph-nginx-"));
  try {
    if (!download(scratch)) return "no nginx could be downloaded: tests on real containers of nginx are skipped (apt-get install nginx)";
    const [archive] = readdirSync(scratch).filter((name) => name.endsWith(".deb"));
    const unpacked = join(scratch, "unpacked");
    const { status } = spawnSync("dpkg-deb", ["-x", join(scratch, archive), unpacked], { stdio: ["ignore", 2, 2] });
    if (status !== 0) return "nginx could not be unpacked: tests on real containers of nginx are skipped";
    mkdirSync(resolve(root, ".oomph"), { recursive: true });
    rmSync(home, { recursive: true, force: true });
    spawnSync("cp", ["-a", unpacked, `${home}.new`]);
    renameSync(`${home}.new`, home);
    return "nginx downloaded for tests on containers";
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Package lists may be missing, or name a version that is gone: they are fetched where that may be done. */
function download(folder) {
  const once = () => spawnSync("apt-get", ["download", "-qq", "nginx"], { cwd: folder, stdio: "ignore" }).status === 0;
  return once() || (spawnSync("apt-get", ["update", "-qq"], { stdio: "ignore" }).status === 0 && once());
}
