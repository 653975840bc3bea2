import type { Json } from "../../domain/json.ts";
import type { HeapLook } from "../../ports/heap-look.ts";
import { runningPlace, type WorkloadSession } from "./session.ts";

// As far apart as its own gauges: nobody waits longer for a report.
const SECONDS_APART = 3;

/** Who holds the memory inside the program, where it is configured how that is told. */
export async function collectHeap(session: WorkloadSession, look: HeapLook, signal: AbortSignal): Promise<Json> {
  const { app, target } = session;
  if (app?.profile === undefined && app?.heapCommand === undefined) return { kind: "not-configured" };
  const { pod, container } = await runningPlace(session, signal);
  const seen = await look({ ...target, pod, container }, { seconds: SECONDS_APART, signal });
  return seen.kind === "taken" ? { ...seen, holders: [...seen.holders], files: [...seen.files] } : seen;
}
