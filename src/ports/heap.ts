import type { FunctionMemory } from "../domain/heap/top-functions.ts";

/** Reads heap profiles, in a process of its own, which goes away: a hostile one hurts nobody. */
export type HeapReader = {
  /** Throws OomphError `bad-input` for what is no heap profile, `timed-out` and `internal`. */
  read(profiles: HeapProfiles): Promise<HeapReport>;
};

export type HeapProfiles = {
  /** The file as it was captured, in pprof's format, packed or not. */
  readonly profile: Uint8Array;
  /** An earlier one of the same program, to say what grew. */
  readonly earlier?: Uint8Array;
  /** What the flame graph is headed with: `deploy/shop/web, pod web-7c9-x2x4b`. */
  readonly title: string;
};

export type HeapReport = {
  /** `inuse_space` of the newer profile. */
  readonly totalBytes: number;
  readonly takenAtMs?: number;
  /** 0: a snapshot. Else figures are sums or differences over that time, and not what is in use. */
  readonly durationMs: number;
  /** As `go tool pprof -top -sample_index=inuse_space` lists them. */
  readonly top: readonly FunctionMemory[];
  readonly growth?: {
    /** Negative: it shrank. */
    readonly totalBytes: number;
    readonly elapsedMs: number;
    /** As with `-base`. */
    readonly top: readonly FunctionMemory[];
  };
  /** Interactive: a click opens a call, a search marks names. Needs nothing from outside. */
  readonly flameSvg: string;
  readonly flamePng: Uint8Array;
};
