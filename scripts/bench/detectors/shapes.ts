import type { MemoryReading } from "../../../src/domain/memory.ts";
import type { Random } from "./random.ts";

type Watched = (readings: readonly MemoryReading[]) => readonly MemoryReading[];

/** Rises by `by` over `period` hours, then all of it is collected. */
export function sawtooth(period: number, by: number): (hour: number) => number {
  return (hour) => (by * (hour % period)) / period;
}

/** Up by day and down by night, `swing` to both sides. */
export function rhythm(swing: number, phase: number): (hour: number) => number {
  return (hour) => swing * Math.sin((2 * Math.PI * (hour + phase)) / 24);
}

/** One reading in ten is missing, and twice some hours of them. */
export function withGaps(random: Random): Watched {
  const holes = [0.3, 0.6].map((at) => ({ from: at + random.between(0, 0.1), long: random.between(0.02, 0.08) }));
  return (readings) =>
    readings.filter((_, at) => {
      const share = at / readings.length;
      return random.next() > 0.1 && !holes.some(({ from, long }) => share > from && share < from + long);
    });
}

/** Somewhere in the middle the clock goes back by minutes or hours: times come twice. */
export function clockSetBack(random: Random): Watched {
  return clockSet(random, -random.between(0.2, 3));
}

export function clockSetForward(random: Random): Watched {
  return clockSet(random, random.between(0.2, 6));
}

function clockSet(random: Random, hours: number): Watched {
  const at = random.between(0.2, 0.7);
  return (readings) =>
    readings.map((reading, number) => (number < at * readings.length ? reading : { ...reading, atMs: reading.atMs + hours * 3_600_000 }));
}
