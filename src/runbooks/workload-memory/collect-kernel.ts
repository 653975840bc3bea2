import { messageOf } from "../../domain/errors.ts";
import type { Json } from "../../domain/json.ts";
import { joinContainer } from "../../domain/kernel-oom/join-container.ts";
import { readKernelLog } from "../../domain/kernel-oom/kernel-log-scan.ts";
import type { KernelKill } from "../../domain/kernel-oom/types.ts";
import type { PodFacts } from "../../domain/workload.ts";
import { describeKill } from "../cluster/describe-kill.ts";
import { notThere } from "../seen.ts";
import { someAtOnce } from "../some-at-once.ts";
import { nodesInTrouble } from "./collect-objects.ts";
import type { WorkloadSession } from "./session.ts";

const MAX_LOG_BYTES = 2 * 2 ** 20;
const MOST_KILLS = 50;
const AT_ONCE = 2;

/** Kills in the kernel's logs of the nodes that pods in trouble are on. Throws when one is there and none could be read. */
export async function collectKernel({ cluster, pods: podsOf }: WorkloadSession): Promise<Json> {
  const found = await podsOf();
  const nodes = nodesInTrouble(found);
  const read = await someAtOnce(nodes, AT_ONCE, async (node) => {
    const log = await cluster.nodeKernelLog(node, MAX_LOG_BYTES);
    if (log.kind === "absent") return { missing: { node, because: log.because } };
    const pods = found.pods.filter((pod) => pod.node === node);
    return { log: { node, ...sortOut(readKernelLog(log.text).kills, pods) } };
  });
  const logs = read.flatMap((one) => (one.status === "fulfilled" ? (one.value.log ?? []) : []));
  const missing = nodes.flatMap((node, at) => {
    const one = read[at];
    return one?.status === "rejected" ? [{ node, because: messageOf(one.reason) }] : (one?.value.missing ?? []);
  });
  const failed = read.find((one) => one.status === "rejected");
  if (logs.length === 0 && failed !== undefined) throw failed.reason;
  const [first] = missing;
  return logs.length === 0 && first !== undefined ? notThere(first.because) : { logs, missing };
}

/** Whose process each was. One asked for by hand says nothing about memory. Pure. */
function sortOut(
  all: readonly KernelKill[],
  pods: readonly PodFacts[],
): { readonly kills: readonly Json[]; readonly otherGlobalKills: number } {
  const kills = all.filter(({ manualSysrq }) => !manualSysrq).map((kill) => ({ kill, of: ownerOf(kill, pods) }));
  const own = kills.flatMap(({ kill, of }) => (of === undefined ? [] : [{ ...of.place, kill: describeKill(kill, of.limitOwner) }]));
  return {
    kills: own.slice(-MOST_KILLS),
    otherGlobalKills: kills.filter(({ kill, of }) => of === undefined && kill.constraint === "global").length,
  };
}

function ownerOf(kill: KernelKill, pods: readonly PodFacts[]) {
  const { containerId } = kill;
  for (const pod of pods) {
    const joined = pod.uid === "" ? undefined : joinContainer(kill, { podUid: pod.uid });
    if (joined === undefined) continue;
    // Which container it was is known of those that ended: their ids are in the pod's status.
    const container = pod.containers.find(({ state, lastState }) =>
      [state, lastState].some(
        (one) => one?.kind === "terminated" && containerId !== null && one.containerId?.startsWith(containerId) === true,
      ),
    );
    const place = {
      pod: pod.name,
      ...(container === undefined ? {} : { container: container.name }),
      ...(containerId === null ? {} : { containerId }),
    };
    return { place, limitOwner: joined.limitOwner };
  }
  return undefined;
}
