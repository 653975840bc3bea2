/** A heap profile: which calls asked for the memory that was in use. Bytes as the sampling profiler scaled them up. */
export type HeapProfile = {
  /** What each sample of the file measured: `alloc_objects`, `alloc_space`, `inuse_objects`, `inuse_space`. */
  readonly sampleTypes: readonly string[];
  readonly takenAtMs?: number;
  /** 0: a snapshot. Else samples were added up or subtracted over that time, and are not what was in use at any moment. */
  readonly durationMs: number;
  /** Names of functions; frames point into it. */
  readonly functions: readonly string[];
  readonly samples: readonly HeapSample[];
};

/** Memory in use, asked for by one stack of calls. */
export type HeapSample = {
  /** The call that asked for the memory first, the outermost last. */
  readonly stack: readonly HeapFrame[];
  /** `inuse_space`; negative only in a difference. */
  readonly bytes: number;
  /** `inuse_objects`; absent: not measured. */
  readonly objects?: number;
};

export type HeapFrame = {
  readonly function: number;
  /** The compiler wrote it into its caller. */
  readonly inlined: boolean;
};

/** Sum over all samples; of a difference the net growth. */
export function totalBytes({ samples }: HeapProfile): number {
  return samples.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** `newNode`, for a frame of the profile. Throws RangeError for a frame that points outside it. */
export function functionName({ functions }: HeapProfile, frame: HeapFrame): string {
  const name = functions[frame.function];
  if (name === undefined) throw new RangeError(`expected a function below ${functions.length}, got ${frame.function}`);
  return name;
}
