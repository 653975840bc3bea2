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
