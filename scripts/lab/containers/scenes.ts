import { spawnSync } from "node:child_process";
import { docker } from "../docker.ts";
import { findNginx, gatewayImage, memoryImage } from "./image.ts";

/** A container of the lab. */
export type Scene = {
  readonly id: string;
  readonly name: string;
  /** On 127.0.0.1, of a gateway: where `/status` answers. */
  readonly port?: number;
};

export type RunOptions = {
  readonly name?: string;
  readonly limitMib?: number;
  readonly cpus?: number;
  readonly restart?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string | number>>;
  /** More arguments of `docker run`. */
  readonly more?: readonly string[];
};

export type GatewayOptions = RunOptions & {
  /** KONG_NGINX_WORKER_PROCESSES; default: `auto`. */
  readonly workers?: "auto" | number;
  /** What `auto` counts. */
  readonly hostCores?: number;
};

const LABEL = "oomph-test";
const MEMORY = ["node", "--expose-gc", "--max-semi-space-size=1"];
const runs = new Set<string>();

process.on("exit", () => {
  for (const run of runs) removeNow(run); // a test that was ended in the middle leaves nothing behind
});

export type Scenes = ReturnType<typeof openScenes>;

/**
 * Real containers that fail, or do not, in known ways. All carry the label `oomph-test=<run>`, by which `end` removes them,
 * and what was re-created from them.
 */
export function openScenes(run = `${process.pid}-${Date.now()}`) {
  runs.add(run);
  let made = 0;

  async function start(image: string, command: readonly string[], options: RunOptions): Promise<Scene> {
    made += 1;
    const name = options.name ?? `oomph-lab-${run}-${made}`;
    const labels = { [LABEL]: run, ...options.labels };
    const id = await docker([
      "run",
      "-d",
      "--name",
      name,
      "--stop-timeout",
      "1",
      ...(options.limitMib === undefined ? [] : ["--memory", `${options.limitMib}m`, "--memory-swap", `${options.limitMib}m`]),
      ...(options.cpus === undefined ? [] : ["--cpus", String(options.cpus)]),
      ...(options.restart === undefined ? [] : ["--restart", options.restart]),
      ...Object.entries(labels).flatMap(([key, value]) => ["--label", `${key}=${value}`]),
      ...Object.entries(options.env ?? {}).flatMap(([key, value]) => ["--env", `${key}=${value}`]),
      ...(options.more ?? []),
      image,
      ...command,
    ]);
    return { id: id.trim(), name };
  }

  /** `node memory.mjs <kind>`; its figures are variables, see programs/memory.mjs. */
  async function memory(kind: string, options: RunOptions): Promise<Scene> {
    return start(await memoryImage(), [...MEMORY, "/memory.mjs", kind], { limitMib: 128, ...options });
  }

  return {
    run,
    /**
     * Kong's incident: `auto` starts a worker per core of a host with 36, 7 MiB each, under 288 MiB; counters that cannot be
     * flushed fill the rest, a worker is killed every few seconds, and the log says so. With 8 workers it is well.
     */
    async gateway({ workers = "auto", hostCores = 36, env, ...options }: GatewayOptions = {}): Promise<Scene> {
      const nginx = findNginx();
      if (nginx.kind === "absent") throw new Error(`Expected nginx for a gateway's container: ${nginx.because}`);
      const variables = { KONG_NGINX_WORKER_PROCESSES: workers, KONG_DATABASE: "off", LAB_HOST_CORES: hostCores, ...env };
      const more = ["-p", "127.0.0.1::8001", ...(options.more ?? [])];
      const scene = await start(await gatewayImage(nginx), ["sh", "/gateway.sh"], {
        limitMib: 288,
        cpus: 1,
        ...options,
        env: variables,
        more,
      });
      return { ...scene, port: await portOf(scene.id) };
    },
    /** Grows steadily until it is killed, or has its most. */
    leak: (options: RunOptions & { readonly mibPerSecond?: number; readonly mostMib?: number } = {}): Promise<Scene> => {
      const { mibPerSecond = 8, mostMib, env, ...rest } = options;
      const most = mostMib === undefined ? {} : { LAB_MOST_MIB: mostMib };
      return memory("leak", { ...rest, env: { LAB_MIB_PER_SECOND: mibPerSecond, ...most, ...env } });
    },
    /** Grows and collects, again and again. */
    sawtooth: (options: RunOptions = {}): Promise<Scene> => memory("sawtooth", options),
    /** PID 1 lives, and the kernel kills its child: once, or again after LAB_AGAIN_SECONDS. */
    childKilled: (options: RunOptions = {}): Promise<Scene> => memory("children", options),
    /** Steady, until `docker kill -s USR2` asks for a burst. */
    spike: (options: RunOptions = {}): Promise<Scene> => memory("spike", options),
    /** Node ends itself: heap out of memory, exit code 134, no kill by the kernel. (As PID 1 it could not abort: 139.) */
    heapExhausted: async (options: RunOptions = {}): Promise<Scene> =>
      start(await memoryImage(), ["sh", "-c", "node --max-old-space-size=24 /memory.mjs heap; exit $?"], { limitMib: 256, ...options }),
    /** A steady load under a small limit. */
    steady: (options: RunOptions & { readonly mib?: number } = {}): Promise<Scene> => {
      const { mib = 48, env, ...rest } = options;
      return memory("steady", { ...rest, env: { LAB_MIB: mib, ...env } });
    },
    /** One of a crowd: does nothing, needs next to nothing, reaches nobody. */
    idle: async (options: RunOptions = {}): Promise<Scene> =>
      start(await memoryImage(), ["sleep", "infinity"], { limitMib: 32, ...options, more: ["--network", "none", ...(options.more ?? [])] }),
    /** Ended by SIGKILL from outside: exit code 137, and the kernel killed nothing for memory. */
    async killed(options: RunOptions = {}): Promise<Scene> {
      const scene = await memory("steady", options);
      await docker(["kill", "--signal", "KILL", scene.id]);
      return scene;
    },
    /** `sh -c`, with sleep, cat, head and tr. */
    shell: async (script: string, options: RunOptions = {}): Promise<Scene> =>
      start(await memoryImage(), ["sh", "-c", script], { limitMib: 64, ...options }),
    /** Removes them all. Twice is fine. */
    async end(): Promise<void> {
      const ids = (await docker(["ps", "-aq", "--no-trunc", "--filter", `label=${LABEL}=${run}`])).split("\n").filter(Boolean);
      if (ids.length > 0) await docker(["rm", "-f", "-v", ...ids]);
      runs.delete(run);
    },
  };
}

async function portOf(id: string): Promise<number> {
  const address = (await docker(["port", id, "8001/tcp"])).trim().split("\n")[0] ?? "";
  return Number(address.slice(address.lastIndexOf(":") + 1));
}

function removeNow(run: string): void {
  const { stdout } = spawnSync("docker", ["ps", "-aq", "--filter", `label=${LABEL}=${run}`], { encoding: "utf8" });
  const ids = (stdout ?? "").split("\n").filter(Boolean);
  if (ids.length > 0) spawnSync("docker", ["rm", "-f", "-v", ...ids], { stdio: "ignore" });
}
