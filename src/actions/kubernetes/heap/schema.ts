import { z } from "zod";
import { paramKinds, readWhole } from "../../params-schema.ts";

const EXPECTED = {
  pod: "the name of one of its pods",
  container: "the name of a container of the pod",
  seconds: "a whole number from 1 to 300",
  gc: "yes or no",
  force: "yes or no",
};

const { field, yesNo, readParams } = paramKinds(EXPECTED);
export { readParams };

const DEFAULT_SECONDS = 20;
const MOST_SECONDS = 300;
// As Kubernetes names things.
const NAME = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;

function named(param: "pod" | "container") {
  return field(param, (text) => (NAME.test(text) ? text : undefined)).optional();
}

export const HeapProfileParams = z.strictObject({
  pod: named("pod"),
  container: named("container"),
  seconds: field("seconds", (text) => {
    const seconds = readWhole(text, 1);
    return seconds === undefined || seconds > MOST_SECONDS ? undefined : seconds;
  }).default(DEFAULT_SECONDS),
  gc: yesNo("gc").default(false),
  force: yesNo("force").default(false),
});
export type HeapProfileParams = z.output<typeof HeapProfileParams>;

/** How a program tells of its heap. */
const Way = z.discriminatedUnion("kind", [
  /** Answers with a profile in pprof's format (Go and others), or with a histogram as text. */
  z.object({ kind: z.literal("endpoint"), port: z.number(), path: z.string() }),
  /** Node.js' inspector. */
  z.object({ kind: z.literal("inspector"), port: z.number() }),
  /** The JDK's own tool, for the process with this number inside the container. */
  z.object({ kind: z.literal("jvm"), tool: z.enum(["jcmd", "jmap"]), pid: z.number() }),
  /** As configured. */
  z.object({ kind: z.literal("command"), argv: z.array(z.string()) }),
]);
export type Way = z.output<typeof Way>;

export const HeapProfileScope = z.object({
  namespace: z.string(),
  pod: z.string(),
  uid: z.string(),
  container: z.string(),
  way: Way,
  seconds: z.number(),
  gc: z.boolean(),
});
export type HeapProfileScope = z.output<typeof HeapProfileScope>;

/** What was taken, saved with the run: the act's outcome, and files for the thread. */
export const Taken = z.object({
  says: z.string(),
  rows: z.array(z.object({ what: z.string(), before: z.string(), after: z.string() })),
  notes: z.array(z.string()),
  files: z.array(z.object({ name: z.string(), title: z.string(), base64: z.string() })),
});
export type Taken = z.output<typeof Taken>;
