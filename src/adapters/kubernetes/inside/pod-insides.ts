import type { PodInsides } from "../../../ports/clusters.ts";
import { assertAllowed } from "../namespaces.ts";
import type { Asking } from "../objects.ts";
import { execute } from "./execute.ts";
import { openTunnel } from "./forward.ts";
import { httpGet } from "./http-get.ts";
import { readLogTail } from "./log-tail.ts";
import { readNodeKernelLog } from "./node-log.ts";
import { openPodStream } from "./pod-stream.ts";

/** What is read inside pods, and on nodes through their kubelets. */
export function createPodInsides(asking: Asking): PodInsides {
  return {
    logTail: (where, limits) => readLogTail(asking, where, limits),
    execute: (where, argv, limits) => execute(asking, where, { argv, limits }),
    httpGet: (where, request) => httpGet(asking, where, request),
    async forward(where, port) {
      assertAllowed(asking.client.settings, where.namespace);
      return openTunnel(() => openPodStream(asking, { ...where, port }));
    },
    nodeKernelLog: (node, maxBytes) => readNodeKernelLog(asking, node, maxBytes),
  };
}
