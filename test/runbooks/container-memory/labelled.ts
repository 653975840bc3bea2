import {
  census,
  cgroup,
  environment,
  events,
  GIB,
  history,
  host,
  kernel,
  kongScene,
  LEAK,
  LEVEL,
  logs,
  MIB,
  scene,
  state,
  STEADY,
  stats,
  stopped,
  stoppedScene,
  trend,
  type Scene,
} from "./scenes.ts";

/** A scene with what it must be called. */
export type Labelled = { readonly name: string; readonly verdict: string; readonly scene: Scene };

const GROWING = Array.from({ length: 40 }, (_each, at) => (300 + at * 15) * MIB);
const FULL = Array.from({ length: 40 }, (_each, at) => (930 + (at % 3) * 10) * MIB);
const WORKERS = (server: string, count: number, eachMib: number) => [
  { program: server, server, role: "worker", count, rssBytes: count * eachMib * 1.2 * MIB, pssBytes: count * eachMib * MIB },
  { program: server, server, role: "master", count: 1, rssBytes: 40 * MIB, pssBytes: 20 * MIB },
];
const OOM_MAIN = { state: stopped(137, { oomKilled: true }), events: events([2, "oom"], [2, "die", 137]), kernel: kernel([{}]) };
const HEAP = { name: "Java heap exhausted", kind: "heap", of: "jvm", sample: "java.lang.OutOfMemoryError: Java heap space" };

export const LABELLED: readonly Labelled[] = [
  { name: "Kong: 36 workers on a quota of 2 cores, auto", verdict: "worker-overspawn", scene: kongScene() },
  {
    name: "gunicorn: 17 workers on 1 core",
    verdict: "worker-overspawn",
    scene: scene({
      state: state({ resources: { cpuQuotaCores: 1 } }),
      stats: stats({ used: 960 * MIB }),
      census: census(WORKERS("gunicorn", 17, 54)),
      history: history(FULL, STEADY),
    }),
  },
  {
    name: "nginx: auto on 64 cores without a quota",
    verdict: "worker-overspawn",
    scene: scene({
      host: host({ cores: 64 }),
      stats: stats({ used: 980 * MIB }),
      census: census(WORKERS("nginx", 64, 15)),
      environment: environment({
        name: "worker_processes in /etc/nginx/nginx.conf",
        value: "auto",
        of: "nginx",
        kind: "workers",
        auto: true,
        from: "file",
      }),
      events: events([2, "oom"]),
      kernel: kernel([{ process: "nginx", pid: 88 }]),
      cgroup: cgroup({ oomKills: 1 }),
      history: history(FULL, STEADY),
    }),
  },
  {
    name: "many workers, much room: no incident",
    verdict: "healthy",
    scene: scene({ state: state({ resources: { cpuQuotaCores: 1 } }), census: census(WORKERS("nginx", 12, 10)) }),
  },
  {
    name: "as many workers as its cores feed, and a limit that holds half of them",
    verdict: "limit-too-small",
    scene: scene({
      state: state({ resources: { cpuQuotaCores: 2 } }),
      stats: stats({ used: 950 * MIB }),
      census: census(WORKERS("puma", 4, 230)),
      history: history(FULL, STEADY),
    }),
  },
  {
    name: "steady at 92%",
    verdict: "limit-too-small",
    scene: scene({ stats: stats({ used: 945 * MIB }), history: history(FULL, STEADY) }),
  },
  {
    name: "steady at 92% and killed now and then",
    verdict: "limit-too-small",
    scene: stoppedScene({ ...OOM_MAIN, history: history(FULL, STEADY) }),
  },
  {
    name: "leak at half of the limit",
    verdict: "leak",
    scene: scene({ stats: stats({ used: 600 * MIB }), history: history(GROWING, LEAK) }),
  },
  { name: "leak that was killed", verdict: "leak", scene: stoppedScene({ ...OOM_MAIN, history: history(GROWING, LEAK) }) },
  { name: "a kill out of the blue", verdict: "spike", scene: stoppedScene({ ...OOM_MAIN, history: history(LEVEL, STEADY) }) },
  {
    name: "main process killed, nobody had watched",
    verdict: "cgroup-limit-kill",
    scene: { ...stoppedScene({ ...OOM_MAIN }), history: history([], { kind: "undetermined", because: "there are no readings" }) },
  },
  {
    name: "killed and started again by its policy: the state shows nothing of it",
    verdict: "cgroup-limit-kill",
    scene: scene({
      state: state({ startedAtMs: Date.UTC(2025, 9, 28, 13, 3), restartCount: 3 }),
      events: events([2.1, "oom"], [2, "die", 137], [1.9, "start"]),
      kernel: kernel([{}]),
      history: history([], { kind: "undetermined", because: "there are no readings" }),
    }),
  },
  {
    name: "OOMKilled with exit code 0: a child",
    verdict: "child-killed",
    scene: stoppedScene({
      state: stopped(0, { oomKilled: true }),
      events: events([8, "oom"], [2, "die", 0]),
      kernel: kernel([{ process: "convert", pid: 900, atMs: Date.UTC(2025, 9, 28, 12, 57) }]),
      history: history([], { kind: "undetermined", because: "there are no readings" }),
    }),
  },
  {
    name: "a child killed while the container lives",
    verdict: "child-killed",
    scene: scene({
      events: events([6, "oom"]),
      kernel: kernel([{ process: "ffmpeg", pid: 900 }]),
      cgroup: cgroup({ oomKills: 1 }),
      logs: logs({ name: "process killed", kind: "worker-killed", sample: "Killed" }),
      history: history([], { kind: "undetermined", because: "there are no readings" }),
    }),
  },
  {
    name: "Java heap full far below the limit",
    verdict: "runtime-heap-exhausted",
    scene: scene({
      logs: logs({ ...HEAP, count: 12 }),
      environment: environment({ name: "JAVA_OPTS -Xmx", value: "256m", of: "jvm", kind: "heap", amount: 256 * MIB }),
    }),
  },
  {
    name: "Node's heap full: abort",
    verdict: "runtime-heap-exhausted",
    scene: stoppedScene({
      state: stopped(134),
      events: events([2, "die", 134]),
      logs: logs({
        name: "JavaScript heap exhausted",
        kind: "heap",
        of: "node",
        sample: "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",
      }),
    }),
  },
  {
    name: "Python MemoryError, exit 1",
    verdict: "runtime-heap-exhausted",
    scene: stoppedScene({
      state: stopped(1),
      events: events([2, "die", 1]),
      logs: logs({ name: "Python MemoryError", kind: "heap", of: "python", sample: "MemoryError" }),
    }),
  },
  {
    name: "Go, out of memory",
    verdict: "runtime-heap-exhausted",
    scene: stoppedScene({
      state: stopped(2),
      events: events([2, "die", 2]),
      logs: logs({ name: "Go out of memory", kind: "heap", of: "go", sample: "fatal error: runtime: out of memory" }),
    }),
  },
  {
    name: "an old heap error in the log of a healthy container",
    verdict: "healthy",
    scene: scene({ logs: logs({ ...HEAP, minutesAgo: 60 * 12 }) }),
  },
  {
    name: "the host ran out: Docker marks nothing",
    verdict: "host-out-of-memory",
    scene: stoppedScene({ state: stopped(137), events: events([2, "die", 137]), kernel: kernel([{ constraint: "global" }], 2) }),
  },
  {
    name: "137 without any sign of memory",
    verdict: "plain-sigkill",
    scene: stoppedScene({ state: stopped(137), events: events([2, "die", 137]) }),
  },
  {
    name: "docker stop, and the grace period too short",
    verdict: "plain-sigkill",
    scene: stoppedScene({ state: stopped(137), events: events([2.2, "kill"], [2.1, "kill"], [2, "die", 137], [2, "stop"]) }),
  },
  {
    name: "137 and neither events nor the kernel's log",
    verdict: "undetermined",
    scene: { state: stopped(137), host: host(), logs: logs() },
  },
  {
    name: "segmentation fault",
    verdict: "crashed-otherwise",
    scene: stoppedScene({ state: stopped(139), events: events([2, "die", 139]) }),
  },
  { name: "exit code 1", verdict: "crashed-otherwise", scene: stoppedScene({ state: stopped(1), events: events([2, "die", 1]) }) },
  { name: "stopped in order", verdict: "stopped", scene: stoppedScene({ state: stopped(0), events: events([2, "die", 0]) }) },
  {
    name: "never started",
    verdict: "stopped",
    scene: stoppedScene({ state: state({ state: "created", pid: 0, startedAtMs: undefined }) }),
  },
  {
    name: "tmpfs full",
    verdict: "cache-or-tmpfs",
    scene: scene({ stats: stats({ used: 980 * MIB, anon: 60 * MIB, file: 900 * MIB, shmem: 900 * MIB }), history: history(FULL, STEADY) }),
  },
  {
    name: "a child killed, for tmpfs had filled the limit",
    verdict: "cache-or-tmpfs",
    scene: scene({
      stats: stats({ used: 970 * MIB, anon: 40 * MIB, file: 910 * MIB, shmem: 905 * MIB }),
      events: events([2, "oom"]),
      kernel: kernel([{ pid: 900 }]),
      cgroup: cgroup({ oomKills: 1 }),
      history: history([], { kind: "undetermined", because: "there are no readings" }),
    }),
  },
  {
    name: "page cache up to the limit is as it should be",
    verdict: "healthy",
    scene: scene({ stats: stats({ used: 200 * MIB, anon: 180 * MIB, file: 820 * MIB }) }),
  },
  {
    name: "87% and nobody had watched",
    verdict: "near-limit",
    scene: scene({ stats: stats({ used: 890 * MIB }), history: history([], { kind: "undetermined", because: "there are no readings" }) }),
  },
  {
    name: "a sawtooth well below the limit",
    verdict: "healthy",
    scene: scene({ stats: stats({ used: 500 * MIB }), history: history(LEVEL, trend("sawtooth", "falls back after each collection")) }),
  },
  { name: "quiet", verdict: "healthy", scene: scene() },
  {
    name: "no limit of its own, little used",
    verdict: "healthy",
    scene: scene({ state: state({ resources: { memoryLimitBytes: undefined } }), stats: stats({ used: 300 * MIB, limit: 32 * GIB }) }),
  },
  {
    name: "no limit of its own, and the host nearly full of it",
    verdict: "near-limit",
    scene: scene({
      state: state({ resources: { memoryLimitBytes: undefined } }),
      stats: stats({ used: 29 * GIB, limit: 32 * GIB }),
      history: history([], { kind: "undetermined", because: "there are no readings" }),
    }),
  },
];
