/** The Redis that the queue runs on. The URL may hold a password: never log it. */
export type QueueSettings = {
  /** `redis://user:password@host:6379/0`, `rediss://` with TLS. */
  readonly url: string;
  /** PEM of the authority that signed the server's certificate, where the system does not know it. */
  readonly tlsCa?: string;
  /** Before every key, so that several Oomphs can share a Redis. */
  readonly prefix: string;
  /** How long anything asked of this Redis may take before it counts as away. */
  readonly answerWithinMs: number;
  /** A job whose worker has not been heard of for so long is given to another. */
  readonly stalledAfterMs: number;
};

export const QUEUE_DEFAULTS = { prefix: "oomph", answerWithinMs: 2_000 } as const;
