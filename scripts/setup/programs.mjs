import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Is this program on the PATH? */
export function isInstalled(program) {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return folder !== "";
    } catch {
      return false;
    }
  });
}

/** What goes before a command to run it as root without a password; undefined: it cannot be. */
export function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  return isInstalled("sudo") && spawnSync("sudo", ["-n", "true"], { stdio: "ignore" }).status === 0 ? ["sudo", "-n"] : undefined;
}

/** Did it work? Its words go to standard error; it asks nothing. */
export function aptGet(asRoot, [what, ...args]) {
  const [command, ...rest] = [...asRoot, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", what, "-qq", ...args];
  return spawnSync(command, rest, { stdio: ["ignore", 2, 2] }).status === 0;
}
