import type { Kind, Plan, Shape } from "./generate.ts";
import type { Random } from "./random.ts";
import { clockSetBack, clockSetForward, rhythm, sawtooth, withGaps } from "./shapes.ts";

const DAY = 24;

/** Every kind of growth, and of quiet, that is no leak. Shares of the limit, hours. */
export const HARMLESS_KINDS: readonly Kind[] = [
  harmless("steady", (random) => ({ shape: level(random), hours: 3 * DAY, noise: random.between(0.001, 0.04) })),
  harmless("warm-up", (random) => ({ shape: filling(random, random.between(0.1, 0.6)), hours: 2 * DAY, noise: 0.006 })),
  harmless("warm-up-of-hours", (random) => ({ shape: filling(random, random.between(1, 3)), hours: 2 * DAY, noise: 0.006 })),
  harmless("cache-fills", (random) => ({ shape: filling(random, random.between(4, 10)), hours: 4 * DAY, noise: 0.006 })),
  harmless("grows-straight-then-flat", (random) => {
    const [from, by, hours] = [random.between(0.2, 0.4), random.between(0.05, 0.3), random.between(1, 9)];
    return { shape: (hour) => from + by * Math.min(1, hour / hours), hours: 2 * DAY, noise: 0.005 };
  }),
  harmless("collection", (random) => {
    const [from, saw] = [random.between(0.15, 0.4), sawtooth(random.between(0.4, 3), random.between(0.1, 0.4))];
    return { shape: (hour) => from + saw(hour), hours: 3 * DAY, noise: 0.005 };
  }),
  harmless("collection-seldom", (random) => {
    const [from, saw] = [random.between(0.15, 0.4), sawtooth(random.between(3, 10), random.between(0.1, 0.4))];
    return { shape: (hour) => from + saw(hour), hours: 3 * DAY, noise: 0.005 };
  }),
  harmless("spikes", (random) => {
    const [from, every, by] = [level(random), random.between(5, 30), random.between(0.15, 0.4)];
    return { shape: (hour) => from(hour) + (hour % every > every - 0.7 ? by : 0), hours: 3 * DAY, noise: 0.006 };
  }),
  harmless("day-rhythm", (random) => {
    const [from, day] = [random.between(0.3, 0.5), rhythm(random.between(0.03, 0.2), random.between(0, DAY))];
    return { shape: (hour) => from + day(hour), hours: 5 * DAY, noise: random.between(0.003, 0.02) };
  }),
  harmless("nightly-job", (random) => {
    const [from, at, long, by] = [level(random), random.between(2, 20), random.between(1, 4), random.between(0.1, 0.35)];
    const ramp = (into: number) => (into > 0 && into < long ? (by * into) / long : 0);
    return { shape: (hour) => from(hour) + ramp((hour % DAY) - at), hours: 4 * DAY, noise: 0.006 };
  }),
  harmless("load-steps", (random) => {
    const [from, at, by] = [level(random), random.between(6, 40), random.between(0.05, 0.35)];
    return { shape: (hour) => from(hour) + (hour > at ? by : 0) + (hour > at + 20 ? -by / 2 : 0), hours: 3 * DAY, noise: 0.006 };
  }),
  harmless("falls", (random) => {
    const from = random.between(0.5, 0.8);
    return { shape: (hour) => from - (0.3 * hour) / (3 * DAY), hours: 3 * DAY, noise: 0.006 };
  }),
  harmless("restarts-and-refills", (random) => {
    const [fill, every] = [filling(random, random.between(0.3, 4)), random.between(8, 30)];
    return { shape: (hour) => fill(hour % every), hours: 4 * DAY, noise: 0.006, watched: restartedEvery(every) };
  }),
  harmless("refills-after-unseen-restarts", (random) => {
    const [fill, every] = [filling(random, random.between(0.3, 4)), random.between(14, 30)];
    return { shape: (hour) => fill(hour % every), hours: 4 * DAY, noise: 0.006 };
  }),
  harmless("wanders", (random) => {
    const [from, one, two] = [level(random), random.between(5, 17), random.between(17, 40)];
    const wave = (hour: number, period: number) => Math.sin((2 * Math.PI * hour) / period);
    return { shape: (hour) => from(hour) + 0.03 * wave(hour, one) + 0.03 * wave(hour + 3, two), hours: 4 * DAY, noise: 0.01 };
  }),
  harmless("gaps", (random) => ({ shape: level(random), hours: 3 * DAY, noise: 0.01, watched: withGaps(random) })),
  harmless("clock-set-back", (random) => ({ ...rhythmic(random), watched: clockSetBack(random) })),
  harmless("clock-set-forward", (random) => ({ ...rhythmic(random), watched: clockSetForward(random) })),
];

function harmless(name: string, plan: (random: Random) => Plan): Kind {
  return { name, label: "no-leak", plan };
}

function level(random: Random): Shape {
  const at = random.between(0.15, 0.55);
  return () => at;
}

function filling(random: Random, hours: number): Shape {
  const [from, by] = [random.between(0.1, 0.3), random.between(0.1, 0.5)];
  return (hour) => from + by * (1 - Math.exp(-hour / hours));
}

function rhythmic(random: Random): Plan {
  const [from, day] = [random.between(0.3, 0.5), rhythm(random.between(0.03, 0.1), random.between(0, DAY))];
  return { shape: (hour) => from + day(hour), hours: 4 * DAY, noise: 0.006 };
}

function restartedEvery(hours: number): NonNullable<Plan["watched"]> {
  return (readings) => {
    const firstMs = readings[0]?.atMs ?? 0;
    const everyMs = hours * 3_600_000;
    return readings.map((reading) => ({ ...reading, startedAtMs: firstMs + Math.floor((reading.atMs - firstMs) / everyMs) * everyMs }));
  };
}
