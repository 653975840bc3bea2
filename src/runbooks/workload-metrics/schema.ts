import { z } from "zod";

// What the steps of this runbook store as evidence, beside those of workload-memory. No user, no password, no value of a variable.

const secret = z.object({
  name: z.string(),
  /** `empty`: user or password is. */
  state: z.enum(["there", "empty", "missing", "not-readable"]),
  because: z.string().exactOptional(),
});

/** `same` holds the Secret's password, `user` its user, `other` something else; `set` where the Secret could not be read. */
export const VARIABLE_STATES = ["same", "user", "other", "set", "empty"] as const;

/** `k8s.credentials`: the Secret for the metrics endpoint, and what a pod has of it in its environment. */
export const Credentials = z.object({
  /** Absent: none is configured. */
  secret: secret.exactOptional(),
  inside: z.discriminatedUnion("kind", [
    z.object({
      kind: z.literal("read"),
      pod: z.string(),
      container: z.string(),
      variables: z.array(z.object({ name: z.string(), state: z.enum(VARIABLE_STATES) })),
    }),
    z.object({ kind: z.literal("not-read"), because: z.string() }),
  ]),
});
export type Credentials = Readonly<z.infer<typeof Credentials>>;

const answer = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("status"), status: z.number() }),
  z.object({ kind: z.literal("none"), code: z.string(), because: z.string() }),
]);
export type Answer = Readonly<z.infer<typeof answer>>;

/** `k8s.endpoint`: who is let in to the metrics of some pods, and what is in them. */
export const Endpoint = z.object({
  pods: z.array(
    z.object({
      pod: z.string(),
      /** `:8000/metrics` */
      path: z.string(),
      without: answer,
      /** Absent: none are known. */
      with: answer.exactOptional(),
      wrong: answer.exactOptional(),
      /** How many samples the answer of 200 has; absent: there was none. */
      samples: z.number().exactOptional(),
      /** Configured metrics that are not in it. */
      notExported: z.array(z.string()),
    }),
  ),
});
export type Endpoint = Readonly<z.infer<typeof Endpoint>>;
