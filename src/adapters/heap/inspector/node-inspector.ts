import { get } from "node:http";
import { OomphError } from "../../../domain/errors.ts";
import { given } from "../../../domain/given.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { InspectorPlace, NodeInspector, NodeMemory } from "../../../ports/node-inspector.ts";
import { readUpTo } from "../../connection/read-body.ts";
import { encodeSampling } from "../encode-sampling.ts";
import { openDevtools, type DevtoolsSession } from "./devtools-session.ts";
import { Evaluated, Listed, Memory, Sampled } from "./schema.ts";

const MOST_LISTED_BYTES = 65_536;
// A sample for every so many bytes asked for, on the average: V8's own choice, which a program hardly feels.
const SAMPLING_INTERVAL = 32_768;
const MEMORY =
  "(() => { const m = process.memoryUsage(); let limit = null; try { limit = require('v8').getHeapStatistics().heap_size_limit; } catch {} return JSON.stringify({ ...m, limit }); })()";

/** Node.js through its inspector. Nothing of the program is changed; the sampling ends with the connection. */
export function createNodeInspector({ timeoutMs, clock }: { readonly timeoutMs: number; readonly clock: Clock }): NodeInspector {
  return {
    async sample(at, { forMs, signal }) {
      const session = await openDevtools(await urlOf(at, timeoutMs), timeoutMs);
      try {
        const before = await memoryOf(session);
        const startedAtMs = clock.nowMs();
        await session.ask("HeapProfiler.enable");
        await session.ask("HeapProfiler.startSampling", { samplingInterval: SAMPLING_INTERVAL });
        await clock.sleep(forMs, signal);
        const { profile } = Sampled.parse(await session.ask("HeapProfiler.stopSampling"));
        const endedAtMs = clock.nowMs();
        return {
          before,
          after: await memoryOf(session),
          profile: encodeSampling(profile.head, { endedAtMs, durationMs: endedAtMs - startedAtMs }),
        };
      } finally {
        session.close();
      }
    },
  };
}

async function memoryOf(session: DevtoolsSession): Promise<NodeMemory> {
  const answer = await session.ask("Runtime.evaluate", { expression: MEMORY, returnByValue: true, includeCommandLineAPI: true });
  const { rss, heapUsed, heapTotal, external, limit } = Memory.parse(JSON.parse(Evaluated.parse(answer).result.value));
  return {
    rssBytes: rss,
    heapUsedBytes: heapUsed,
    heapTotalBytes: heapTotal,
    externalBytes: external,
    ...given({ heapLimitBytes: limit ?? undefined }),
  };
}

/** The first process that the inspector lists, at the address where we reach it. */
async function urlOf({ host, port }: InspectorPlace, timeoutMs: number): Promise<string> {
  const listed = Listed.safeParse(await listOf({ host, port }, timeoutMs));
  const path = listed.success && listed.data[0] !== undefined ? new URL(listed.data[0].webSocketDebuggerUrl).pathname : undefined;
  if (path === undefined) throw new OomphError("unreachable", "What listens there is no inspector of Node.js: it does not list a process.");
  return `ws://${host}:${port}${path}`;
}

function listOf({ host, port }: InspectorPlace, timeoutMs: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown): void => {
      const why = cause instanceof Error ? cause.message : "no answer";
      reject(new OomphError("unreachable", `No inspector of Node.js answers (${why}).`, { retryable: true, cause }));
    };
    const request = get(
      { host, port, path: "/json/list", headers: { Host: "localhost" }, signal: AbortSignal.timeout(timeoutMs) },
      (answer) => {
        readUpTo(answer, MOST_LISTED_BYTES)
          .then(({ bytes }) => resolve(JSON.parse(bytes.toString("utf8"))))
          .catch(fail);
      },
    );
    request.once("error", fail);
  });
}
