import { execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const MAX_OUTPUT_BYTES = 64 * 2 ** 20;
/** Asked for in this process: scenes that begin together share one. */
const images = new Map<string, Promise<string>>();

/** The Docker daemon behind DOCKER_HOST or the default socket, on this machine; it is asked through the `docker` program. */
export type DockerLab = { readonly kind: "there"; readonly version: string } | { readonly kind: "absent"; readonly because: string };

export async function findDocker(): Promise<DockerLab> {
  const host = process.env["DOCKER_HOST"] ?? "";
  if (host !== "" && !host.startsWith("unix://"))
    return { kind: "absent", because: `tests use a daemon on this machine only, DOCKER_HOST is ${host}` };
  try {
    return { kind: "there", version: (await docker(["version", "--format", "{{.Server.Version}}"])).trim() };
  } catch (error) {
    const because = error instanceof Error ? (error.message.trim().split("\n").at(-1) ?? "") : String(error);
    return { kind: "absent", because: `no Docker daemon answers: ${because}` };
  }
}

/** Runs `docker` with these arguments; what it prints. Rejects with what it complained about. */
export async function docker(args: readonly string[], options: { readonly cwd?: string } = {}): Promise<string> {
  // The classic builder is in every daemon; buildx is a plugin that may not be there.
  const env = { ...process.env, DOCKER_BUILDKIT: "0" };
  const { stdout, stderr } = await run("docker", [...args], { ...options, env, maxBuffer: MAX_OUTPUT_BYTES });
  return args[0] === "logs" ? stdout + stderr : stdout;
}

/**
 * An image out of programs that are installed on this machine, with the libraries that they load: for daemons that reach
 * no registry. Returns its name; made once for the same content.
 */
export function imageFromHost(name: string, content: HostContent): Promise<string> {
  const tag = `${name}:${fingerprint(content)}`;
  const image = images.get(tag) ?? makeImage(tag, content);
  images.set(tag, image);
  return image;
}

async function makeImage(tag: string, content: HostContent): Promise<string> {
  if (await imageExists(tag)) return tag;
  const root = mkdtempSync(join(tmpdir(), "oomph-image-"));
  try {
    fill(root, content);
    const changes = Object.entries(content.env ?? {}).flatMap(([key, value]) => ["-c", `ENV ${key}=${value}`]);
    const archive = join(dirname(root), `${basename(root)}.tar`);
    tar(root, archive);
    await docker(["import", ...changes, archive, tag]).finally(() => rmSync(archive, { force: true }));
    return tag;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

export type HostContent = {
  /** Programs by name or path; each goes where it is on this machine. */
  readonly programs: readonly string[];
  /** Files and folders as they are: path here → path in the image. */
  readonly trees?: Readonly<Record<string, string>>;
  /** Symbolic links: path in the image → where it leads. */
  readonly links?: Readonly<Record<string, string>>;
  /** Libraries that are loaded later, by prebuilt native code for example. */
  readonly libraries?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Makes another image when it changes. */
  readonly version: string;
};

/** Node and npm of this machine, with npm's settings and its cache of packages: what `FROM node:24-bookworm-slim` gives elsewhere. */
export async function nodeBaseImage(projectRoot: string): Promise<string> {
  const setting = async (name: string): Promise<string> => (await run("npm", ["config", "get", name], { cwd: projectRoot })).stdout.trim();
  const [registry, cache, cafile] = [await setting("registry"), await setting("cache"), await setting("cafile")];
  const npmHome = dirname(dirname(realpathSync(which("npm"))));
  const certificates = existsSync(cafile) ? cafile : "/etc/ssl/certs/ca-certificates.crt";
  // Not its tmp/: what an npm that runs meanwhile has there is gone before it is copied.
  const packages = ["content-v2", "index-v5"].map((folder) => join("_cacache", folder)).filter((one) => existsSync(join(cache, one)));
  return imageFromHost("oomph-test-base", {
    programs: ["node", "sh", "env", "mkdir", "chown", "ln"],
    libraries: ["libgcc_s.so.1", "libstdc++.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1"],
    trees: {
      [npmHome]: "/usr/lib/node_modules/npm",
      ...Object.fromEntries(packages.map((one) => [join(cache, one), join("/npm-cache", one)])),
      ...(existsSync(certificates) ? { [certificates]: "/etc/ssl/certs/ca-certificates.crt" } : {}),
    },
    links: { "/usr/bin/npm": "../lib/node_modules/npm/bin/npm-cli.js" },
    env: {
      PATH: "/usr/local/bin:/usr/bin:/bin",
      npm_config_registry: registry,
      npm_config_cache: "/npm-cache",
      npm_config_cafile: "/etc/ssl/certs/ca-certificates.crt",
      npm_config_prefer_offline: "true",
    },
    version: `${process.version} ${readFileSync(join(projectRoot, "package-lock.json"), "utf8")}`,
  });
}

async function imageExists(tag: string): Promise<boolean> {
  return (await docker(["images", "-q", tag])).trim() !== "";
}

function fingerprint(content: HostContent): string {
  return createHash("sha256").update(JSON.stringify(content)).digest("hex").slice(0, 12);
}

function fill(root: string, { programs, libraries = [], trees = {}, links = {} }: HostContent): void {
  for (const folder of ["bin", "tmp", "etc", "root", "usr/bin", "usr/local/bin", "proc", "sys", "dev", "var/run"]) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  writeFileSync(join(root, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\nnode:x:1000:1000:node:/tmp:/bin/sh\n");
  const needed = programs.map(which).flatMap((program) => [...librariesOf(program), copyProgram(root, program)]);
  for (const library of new Set([...needed.filter((path) => path !== ""), ...libraries.flatMap(findLibrary)])) {
    mkdirSync(join(root, dirname(library)), { recursive: true });
    cpSync(realpathSync(library), join(root, library));
  }
  for (const [from, to] of Object.entries(trees)) cpSync(realpathSync(from), join(root, to), { recursive: true, verbatimSymlinks: true });
  for (const [from, to] of Object.entries(links)) symlinkSync(to, join(root, from));
}

function copyProgram(root: string, program: string): "" {
  const target = join(root, "usr/bin", basename(program));
  cpSync(realpathSync(program), target);
  if (basename(program) === "sh") symlinkSync("../usr/bin/sh", join(root, "bin/sh"));
  if (basename(program) === "env") symlinkSync("../usr/bin/env", join(root, "bin/env"));
  return "";
}

/** Paths as the loader asks for them. */
function librariesOf(program: string): readonly string[] {
  const { stdout } = spawnSync("ldd", [program], { encoding: "utf8" });
  return [...stdout.matchAll(/(\/\S+) \(0x/g)].flatMap((match) => match[1] ?? []);
}

function findLibrary(name: string): readonly string[] {
  const { stdout } = spawnSync("/sbin/ldconfig", ["-p"], { encoding: "utf8" });
  const path = stdout
    .split("\n")
    .find((line) => line.trim().startsWith(`${name} `))
    ?.split(" => ")[1];
  return path === undefined ? [] : [path.trim()];
}

function which(program: string): string {
  const { stdout, status } = spawnSync("sh", ["-c", 'command -v "$1"', "sh", program], { encoding: "utf8" });
  if (status !== 0) throw new Error(`expected the program ${program} on this machine, it is not on the PATH`);
  return stdout.trim();
}

function tar(root: string, archive: string): void {
  const { status, stderr } = spawnSync("tar", ["-C", root, "--owner=0", "--group=0", "-cf", archive, "."], { encoding: "utf8" });
  if (status !== 0) throw new Error(`tar failed: ${stderr}`);
}
