/** Time and chance, injected so that tests can hold them still. */
export type Clock = {
  /** Milliseconds since 1970. */
  nowMs(): number;
  /** Resolves after `ms`, or rejects with the signal's reason when it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
};

export type Ids = {
  /** `next("req")` → `req_` and 26 characters of 130 random bits; never repeats, cannot be guessed. */
  next(prefix: string): string;
  /** `inc_` and 8 characters: short enough to type. */
  nextShort(prefix: string): string;
};
