import type { Kind, Shape } from "./generate.ts";
import type { Random } from "./random.ts";
import { clockSetBack, clockSetForward, rhythm, sawtooth, withGaps } from "./shapes.ts";

const DAY = 24;

/** Every kind of leak that the detectors are tried on. Shares of the limit, hours. */
export const LEAKING_KINDS: readonly Kind[] = [
  leaking("leak-slow", (random) => ({ fullIn: random.between(4 * DAY, 10 * DAY), noise: random.between(0.001, 0.01) })),
  leaking("leak-fast", (random) => ({ fullIn: random.between(2, 8), noise: random.between(0.001, 0.01) })),
  leaking("leak-sudden", (random) => ({ fullIn: random.between(0.5, 2), noise: 0.006, flatHours: random.between(2, 30) })),
  leaking("leak-middling", (random) => ({ fullIn: random.between(10, 48), noise: random.between(0.001, 0.01) })),
  leaking("leak-noisy", (random) => ({ fullIn: random.between(DAY, 4 * DAY), noise: random.between(0.02, 0.05) })),
  leaking("leak-stepwise", (random) => {
    const steps = Math.round(random.between(8, 30));
    return { fullIn: random.between(10, 3 * DAY), noise: 0.003, bend: (share) => Math.floor(share * steps) / steps };
  }),
  leaking("leak-under-collection", (random) => {
    const on = sawtooth(random.between(0.4, 5), random.between(0.05, 0.25));
    return { fullIn: random.between(18, 4 * DAY), noise: 0.004, on };
  }),
  leaking("leak-under-day-rhythm", (random) => {
    const on = rhythm(random.between(0.04, 0.15), random.between(0, DAY));
    return { fullIn: random.between(3 * DAY, 8 * DAY), noise: 0.006, on };
  }),
  leaking("leak-in-each-life", (random) => ({ fullIn: random.between(10, 36), noise: 0.006, lives: 3 })),
  leaking("leak-late", (random) => ({ fullIn: random.between(8, 60), noise: 0.006, flatHours: random.between(12, 60) })),
  leaking("leak-after-warm-up", (random) => {
    const warm = random.between(0.1, 0.25);
    const on: Shape = (hour) => warm * (1 - Math.exp(-hour / 1.5));
    return { fullIn: random.between(18, 4 * DAY), noise: 0.005, on };
  }),
  leaking("leak-with-gaps", (random) => ({ fullIn: random.between(18, 3 * DAY), noise: 0.006, watched: withGaps(random) })),
  leaking("leak-clock-set-back", (random) => ({ fullIn: random.between(18, 3 * DAY), noise: 0.006, watched: clockSetBack(random) })),
  leaking("leak-clock-set-forward", (random) => ({ fullIn: random.between(18, 3 * DAY), noise: 0.006, watched: clockSetForward(random) })),
];

type LeakPlan = {
  /** From its beginning, the leak alone. */
  readonly fullIn: number;
  readonly noise: number;
  readonly on?: Shape;
  readonly bend?: (share: number) => number;
  readonly flatHours?: number;
  readonly lives?: number;
  readonly watched?: ReturnType<typeof withGaps>;
};

function leaking(name: string, plan: (random: Random) => LeakPlan): Kind {
  return {
    name,
    label: "leak",
    plan(random) {
      const { fullIn, noise, on, bend, flatHours = 0, lives, watched } = plan(random);
      const base = random.between(0.1, 0.45);
      const shape: Shape = (hour) => {
        const done = Math.max(0, hour - flatHours) / fullIn;
        return base + (1 - base) * (bend?.(done) ?? done) + (on?.(hour) ?? 0);
      };
      const hours = Math.min(7 * DAY, flatHours + fullIn * (lives ?? 1) + 1);
      return {
        shape,
        hours,
        noise,
        leakFromHour: flatHours,
        ...(lives === undefined ? {} : { lives }),
        ...(watched === undefined ? {} : { watched }),
      };
    },
  };
}
