/** For vi.waitFor and vi.waitUntil, which give up after a second else: a machine may be busy, and waiting costs nothing. */
export const PATIENCE = { timeout: 60_000, interval: 20 } as const;
/** Where each look costs something, as one that starts `kubectl` does: what is waited for needs the processor more. */
export const SPARING_PATIENCE = { ...PATIENCE, interval: 250 } as const;
