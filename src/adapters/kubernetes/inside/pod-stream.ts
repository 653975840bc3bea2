import type { Duplex } from "node:stream";
import { OomphError } from "../../../domain/errors.ts";
import { given } from "../../../domain/given.ts";
import type { PodPlace } from "../../../ports/clusters.ts";
import { quoted } from "../asked.ts";
import type { Asking } from "../objects.ts";
import { createChannelStream } from "./channel-stream.ts";

// Of each forwarded port one channel for data and one for what went wrong; each begins with the port in two bytes.
// Source: k8s.io/kubelet/pkg/cri/streaming/portforward.
const PROTOCOL = "v4.channel.k8s.io";
const [DATA, ERROR] = [0, 1];
const PORT_BYTES = 2;
const MAX_ERROR_BYTES = 4096;

type Forwarded = { readonly port: number; readonly signal?: AbortSignal };

/** One connection to a port of a pod, as the pod's own loopback sees it. What is wrong with it ends the stream as OomphError. */
export async function openPodStream({ client }: Asking, { signal, port, ...where }: PodPlace & Forwarded): Promise<Duplex> {
  const { namespace, pod: name } = where;
  const request = { call: "forward", namespace, name, query: { ports: String(port) }, ...given({ signal }) } as const;
  const socket = await client.upgrade(request, [PROTOCOL]);
  let says = "";
  return createChannelStream(socket, {
    input: DATA,
    output: DATA,
    skipBytes: PORT_BYTES,
    onOther(channel, data) {
      if (channel === ERROR && says.length < MAX_ERROR_BYTES) says += data.toString("utf8");
    },
    trouble: () => (says === "" ? undefined : explainForward(says, where, port)),
  });
}

/** The one place where a kubelet's words about a forwarded port are read. */
function explainForward(says: string, { namespace, pod }: PodPlace, port: number): OomphError {
  const what = `port ${port} of pod ${quoted(pod)} in namespace ${quoted(namespace)}`;
  const cause = new Error(says);
  if (/connection refused/i.test(says))
    return new OomphError("unreachable", `Nothing listens on ${what}. Check the port, and whether the program in it is up.`, { cause });
  if (/not running|not found in|no such|container not/i.test(says) && !/socat/.test(says))
    return new OomphError("not-running", `${what} cannot be reached: the pod is not running.`, { cause });
  if (/socat not found|socat: (not found|executable)|nsenter not found/i.test(says))
    return new OomphError("refused", `${what} cannot be reached: its node lacks a program that the kubelet forwards ports with (socat).`, {
      cause,
    });
  return new OomphError("refused", `${what} cannot be reached: ${says.replaceAll(/\s+/g, " ").trim().slice(0, 300)}.`, { cause });
}
