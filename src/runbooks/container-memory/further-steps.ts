import type { Finding } from "../../domain/finding.ts";
import type { Verdict } from "./make-finding.ts";
import type { Picture } from "./picture.ts";
import { properName } from "../words.ts";
import { workersOf, type Workers } from "./workers.ts";

/** What people must do themselves: code to change, files to write, rights to grant; afterwards, what keeps it from coming back. */
export function furtherStepsFor(finding: Finding, picture: Picture): readonly string[] {
  return [...stepsFor(finding, picture), ...lasting(finding, picture), ...rightsToGrant(picture)];
}

const STEPS: Readonly<Partial<Record<Verdict, readonly string[]>>> = {
  leak: [
    "Take a heap profile twice, an hour apart, and compare them: Go pprof, Node --heapsnapshot-signal, jmap -histo, Python tracemalloc.",
    "Look at what was deployed when the growth began.",
  ],
  spike: [
    "Find the request or job of that moment in the application's own log: the one that began and never ended.",
    "Bound what one request may load: page sizes, upload limits, streaming instead of collecting.",
  ],
  "child-killed": [
    "Have the main process notice and report a child that dies by SIGKILL: from outside the container looks well.",
    "Bound what runs beneath it: the number of children, and each one's memory.",
  ],
  "cache-or-tmpfs": [
    "Look at what lies in /dev/shm, /tmp and other tmpfs mounts (`df -h` and `du` inside), and write large files to a volume instead.",
    "Give tmpfs mounts a size of their own: `tmpfs: /tmp:size=64m`.",
  ],
  "runtime-heap-exhausted": [
    "Take a heap dump at the moment it is full: -XX:+HeapDumpOnOutOfMemoryError, node --heapsnapshot-near-heap-limit=1.",
    "If the data is legitimate, raise heap and container limit together: the heap to about 70% of the limit.",
  ],
  "host-out-of-memory": [
    "Give the containers of this host limits that together fit its memory, or move some to another host.",
    "`/oom top containers` shows who uses how much.",
  ],
  "plain-sigkill": ["Ask who stops it: a deployment, `docker stop` with too short a grace period (stop_grace_period), a health watcher."],
  "process-limit": [
    "Find what starts so many: a pool without a bound, threads that never end, children that nobody waits for (zombies count).",
    "If so many are needed, raise the limit where it is deployed: `pids_limit` in the Compose file, `docker run --pids-limit`, `ulimits: nproc`.",
  ],
  "crashed-otherwise": ["Read the end of its log: `docker logs --tail 100`."],
};

const READ_KERNEL_LOG = "Let Oomph read the kernel's log of this host: then a kill for want of memory can be ruled out.";

const MEMORY_VERDICTS: ReadonlySet<string> = new Set<Verdict>([
  "worker-overspawn",
  "leak",
  "limit-too-small",
  "spike",
  "child-killed",
  "cgroup-limit-kill",
  "cache-or-tmpfs",
  "runtime-heap-exhausted",
  "near-limit",
]);

function stepsFor({ verdict }: Finding, picture: Picture): readonly string[] {
  const found = workersOf(picture);
  if (verdict === "worker-overspawn" && found !== undefined) return workerSteps(found);
  const steps = isVerdict(verdict) ? (STEPS[verdict] ?? []) : [];
  return verdict === "plain-sigkill" && picture.kernel === undefined ? [...steps, READ_KERNEL_LOG] : steps;
}

function workerSteps({ server, setting }: Workers): readonly string[] {
  const own: Readonly<Partial<Record<Workers["server"], string>>> = {
    nginx: "Set worker_processes in nginx.conf to a number: `auto` counts the machine's cores, not the CPU quota.",
    node: "Give the cluster a number of workers instead of os.cpus().length: that counts the machine's cores.",
    "php-fpm": "Set pm.max_children in the pool's file to what the limit holds.",
    apache: "Set MaxRequestWorkers to what the limit holds.",
    postgres: "Put a pooler (PgBouncer) in front, and set max_connections to what the limit holds.",
  };
  const byHand = setting?.from === "environment" || server === "kong" ? undefined : own[server];
  const general = `Write the number of ${properName(server)} workers down where it is deployed, so that a larger machine does not change it.`;
  return byHand === undefined ? [general] : [byHand];
}

/** After the incident: what was changed by hand is gone with the next deployment. */
function lasting({ verdict }: Finding, { state, history, host }: Picture): readonly string[] {
  if (!MEMORY_VERDICTS.has(verdict)) return [];
  const service = state?.value.composeService;
  const where = service === undefined ? "where it is deployed from" : `in the Compose file (service ${service})`;
  const unlimited = state !== undefined && state.value.resources.memoryLimitBytes === undefined;
  return [
    unlimited && host !== undefined
      ? `Set a memory limit ${where}: without one it can take the whole host down.`
      : `Write the change down ${where}: what is changed live is lost with the next deployment.`,
    ...(history === undefined ? ["Let the watch follow this container: its readings tell a leak from a load that is always so."] : []),
    "If it serves traffic, think of a second replica: one kill is then no outage.",
  ];
}

function rightsToGrant({ gaps }: Picture): readonly string[] {
  const lacking = [...new Set(gaps.filter(({ code }) => code === "no-rights").map(({ because }) => because))];
  return lacking.map((because) => `So that Oomph sees more next time: ${because}`);
}

function isVerdict(verdict: string): verdict is Verdict {
  return Object.hasOwn(STEPS, verdict);
}
