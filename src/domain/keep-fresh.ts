/** What is fetched at most every few seconds, and keeps nobody waiting for long. */
export type KeptFresh<Value> = (as?: "anew") => Promise<Value>;

export type Freshness<Value> = {
  /** What is younger is not fetched again, unless it is asked for anew. */
  readonly freshMs: number;
  /** So long is waited for one fetch, by all who ask meanwhile together. */
  readonly patienceMs: number;
  /** What is answered when that is over; the fetch goes on, for those who ask later. */
  readonly late: Value;
  readonly clock: { nowMs(): number; sleep(ms: number, signal: AbortSignal): Promise<void> };
};

/** Who asks while it is being fetched gets the same. `fetch` never throws. */
export function keepFresh<Value>(fetch: () => Promise<Value>, { freshMs, patienceMs, late, clock }: Freshness<Value>): KeptFresh<Value> {
  let last: { readonly value: Value; readonly atMs: number } | undefined;
  let pending: { readonly value: Promise<Value>; readonly sinceMs: number } | undefined;

  async function fetched(): Promise<Value> {
    const value = await fetch();
    last = { value, atMs: clock.nowMs() };
    pending = undefined;
    return value;
  }
  async function within(value: Promise<Value>, waitMs: number): Promise<Value> {
    const enough = new AbortController();
    const over = (): Value => late;
    try {
      return await Promise.race([value, clock.sleep(waitMs, enough.signal).then(over, over)]);
    } finally {
      enough.abort();
    }
  }
  return async (as) => {
    const nowMs = clock.nowMs();
    const ageMs = last === undefined ? Number.POSITIVE_INFINITY : nowMs - last.atMs;
    if (as !== "anew" && last !== undefined && ageMs >= 0 && ageMs < freshMs) return last.value;
    pending ??= { value: fetched(), sinceMs: nowMs };
    const waitMs = patienceMs - (nowMs - pending.sinceMs);
    return waitMs <= 0 ? late : within(pending.value, waitMs);
  };
}
