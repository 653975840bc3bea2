import { z } from "zod";
import type { SampledCall } from "../encode-sampling.ts";

/** One of the processes behind an inspector's port. */
export const Listed = z.array(z.object({ webSocketDebuggerUrl: z.string() }));

/** An answer to a command, or an event, which has no id. */
export const Reply = z.object({
  id: z.number().exactOptional(),
  result: z.unknown(),
  error: z.object({ message: z.string() }).exactOptional(),
});
export type Reply = z.output<typeof Reply>;

const bytes = z.number().nonnegative();

export const Evaluated = z.object({ result: z.object({ value: z.string() }) });

export const Memory = z.object({ rss: bytes, heapTotal: bytes, heapUsed: bytes, external: bytes, limit: bytes.nullable() });

const SampledNode: z.ZodType<SampledCall> = z.object({
  callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.number() }),
  selfSize: bytes,
  get children() {
    return z.array(SampledNode);
  },
});

export const Sampled = z.object({ profile: z.object({ head: SampledNode }) });
