import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { imageFromHost } from "../docker.ts";

const PROGRAMS = join(import.meta.dirname, "programs");
const ROOT = resolve(import.meta.dirname, "../../..");

export type NginxLab =
  | { readonly kind: "there"; readonly path: string; readonly version: string }
  | { readonly kind: "absent"; readonly because: string };

/** The nginx of this machine, or the one that `node scripts/setup.mjs` has fetched. */
export function findNginx(): NginxLab {
  const onPath = spawnSync("sh", ["-c", "command -v nginx"], { encoding: "utf8" }).stdout.trim();
  const path = [onPath, "/usr/sbin/nginx", join(ROOT, ".oomph/nginx/usr/sbin/nginx")].find((one) => one !== "" && existsSync(one));
  if (path === undefined) return { kind: "absent", because: "nginx is not there. Run: node scripts/setup.mjs (or: apt-get install nginx)" };
  const { stderr, status } = spawnSync(path, ["-v"], { encoding: "utf8" });
  if (status !== 0) return { kind: "absent", because: `nginx does not start: ${stderr.trim()}` };
  return { kind: "there", path, version: /nginx\/(\S+)/.exec(stderr)?.[1] ?? "unknown" };
}

/** nginx as master and workers, with an entrypoint that reads Kong's variables. */
export async function gatewayImage(nginx: Extract<NginxLab, { kind: "there" }>): Promise<string> {
  const scripts = { "gateway.sh": "/gateway.sh", "kong.sh": "/usr/bin/kong" };
  return imageFromHost("oomph-lab-gateway", {
    programs: [nginx.path, "sh", "cat", "head", "sleep", "date", "grep"],
    libraries: ["libnss_files.so.2"],
    trees: Object.fromEntries(Object.entries(scripts).map(([from, to]) => [join(PROGRAMS, from), to])),
    env: { PATH: "/usr/bin:/bin" },
    version: `${nginx.version} ${Object.keys(scripts).map(textOf).join("")}`,
  });
}

/** Node with the program whose memory the scenes need. */
export async function memoryImage(): Promise<string> {
  return imageFromHost("oomph-lab-memory", {
    programs: ["node", "sh", "sleep", "cat", "head", "tr"],
    trees: { [join(PROGRAMS, "memory.mjs")]: "/memory.mjs" },
    env: { PATH: "/usr/bin:/bin" },
    version: `${process.version} ${textOf("memory.mjs")}`,
  });
}

function textOf(program: string): string {
  return readFileSync(join(PROGRAMS, program), "utf8");
}
