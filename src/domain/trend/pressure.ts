import type { MemoryReading, PressureLevel } from "../memory.ts";

/** Thresholds are shares of the limit, 0 to 1. */
export type PressureSettings = {
  readonly warningAt: number;
  readonly criticalAt: number;
  /** So far below its threshold a level ends. */
  readonly fallBack: number;
  /** So many readings in a row must ask for a level before it is taken on, up or down. */
  readonly hold: number;
};

export const PRESSURE_SETTINGS: PressureSettings = { warningAt: 0.7, criticalAt: 0.85, fallBack: 0.05, hold: 2 };

/** What is to be kept between two readings; plain data. */
export type PressureState = {
  readonly level: PressureLevel;
  /** The level that the last readings asked for, and how many of them in a row; absent when they agree with `level`. */
  readonly asked?: { readonly level: PressureLevel; readonly times: number };
};

export const NO_PRESSURE: PressureState = { level: "ok" };

const RANK: Readonly<Record<PressureLevel, number>> = { ok: 0, warning: 1, critical: 2 };

/**
 * The state after one more reading; the level changed when `next.level !== state.level`. A target without a limit feels
 * no pressure; a reading that is no figure changes nothing.
 */
export function nextPressure(state: PressureState, reading: MemoryReading, settings: PressureSettings = PRESSURE_SETTINGS): PressureState {
  const { limitBytes, usageBytes } = reading;
  if (limitBytes === undefined) return NO_PRESSURE;
  if (!(limitBytes > 0) || !Number.isFinite(usageBytes)) return state;
  const wanted = wantedLevel(state.level, sharesOf(reading, limitBytes), settings);
  if (wanted === state.level) return { level: state.level };
  const asked = askedSince(state, wanted);
  if (asked.times < settings.hold) return { level: state.level, asked };
  return asked.level === wanted ? { level: wanted } : { level: asked.level, asked: { level: wanted, times: 1 } };
}

type Shares = { readonly memory: number; /** Of memory and swap together. */ readonly both: number };

function sharesOf({ usageBytes, swap = { usedBytes: 0, limitBytes: 0 } }: MemoryReading, limitBytes: number): Shares {
  return { memory: usageBytes / limitBytes, both: (usageBytes + swap.usedBytes) / (limitBytes + swap.limitBytes) };
}

/** Up at the thresholds; down only when clear of the level's own threshold by `fallBack`. */
function wantedLevel(level: PressureLevel, used: Shares, settings: PressureSettings): PressureLevel {
  const up = levelAt(used, settings, 0);
  if (RANK[up] >= RANK[level]) return up;
  const down = levelAt(used, settings, settings.fallBack);
  return RANK[down] < RANK[level] ? down : level;
}

/** Critical is where a kill is near, and nothing is killed while there is swap to move memory to: it is only slow. */
function levelAt({ memory, both }: Shares, settings: PressureSettings, below: number): PressureLevel {
  // A threshold is met at 85.0% although 0.85 × 2 GiB is no whole number of bytes.
  const reached = (share: number, threshold: number) => share >= threshold - below - 1e-9;
  if (reached(Math.min(memory, both), settings.criticalAt)) return "critical";
  return reached(memory, settings.warningAt) ? "warning" : "ok";
}

/** What all readings in a row agree on: 72%, 90% are two that ask for a warning, and one that asks for more. */
function askedSince({ level, asked }: PressureState, wanted: PressureLevel): { level: PressureLevel; times: number } {
  const upwards = RANK[wanted] > RANK[level];
  if (asked === undefined || RANK[asked.level] > RANK[level] !== upwards) return { level: wanted, times: 1 };
  const wantedIsNearer = upwards === RANK[wanted] < RANK[asked.level];
  return { level: wantedIsNearer ? wanted : asked.level, times: asked.times + 1 };
}
