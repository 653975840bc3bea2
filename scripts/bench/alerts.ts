import { resolve } from "node:path";
import { confusionTable, decisionTable } from "./alerts/confusion.ts";
import { HELD_OUT, labelledAlerts } from "./alerts/labelled-alerts.ts";
import { scoredSamples } from "./alerts/sample-alerts.ts";
import { scoreOf, type Scored } from "./alerts/score.ts";

type Accuracy = {
  /** Shares, 0 to 1, of the alerts; the target's of those of which a target is labelled. */
  readonly classAccuracy: number;
  readonly targetAccuracy: number;
  readonly decisionAccuracy: number;
  readonly alerts: number;
  /** How many of them are not about memory, or no alert at all. */
  readonly negatives: number;
};

export type AlertsBench = Accuracy & {
  /** Written for this, by whoever wrote the rules. */
  readonly own: Accuracy;
  /** Recorded elsewhere and labelled by others; absent where the folder is not there. */
  readonly recorded?: Accuracy;
  /** The six sets that were labelled before they were ever read, as they are read by now: what their first run gave stands in docs/alerts.md. */
  readonly heldOutMended: Accuracy;
  /** Processor time of one alert read and judged: the mean over all of our own, ten times. */
  readonly msPerAlert: number;
  /** Not as expected: `<alert>: <what differs>`. */
  readonly mistakes: readonly string[];
};

const TIMES = 10;

/** Reads labelled alerts and says how many are understood: the right class, the right target, the right decision. */
export async function benchAlerts(): Promise<AlertsBench> {
  const folder = process.env["OOMPH_SAMPLES"] ?? resolve(import.meta.dirname, "../../..", "shared", "samples");
  const labelled = labelledAlerts();
  const own = labelled.flatMap(scoreOf);
  const recorded = scoredSamples(folder);
  const all = [...own, ...recorded];
  const figures = {
    ...accuracyOf(all),
    own: accuracyOf(own),
    ...(recorded.length === 0 ? {} : { recorded: accuracyOf(recorded) }),
    heldOutMended: accuracyOf(HELD_OUT.flatMap((set) => labelledAlerts(set)).flatMap(scoreOf)),
    msPerAlert: cpuMsPer(own.length * TIMES, () => {
      for (let time = 0; time < TIMES; time += 1) labelled.forEach(scoreOf);
    }),
    mistakes: all.filter(({ differs }) => differs.length > 0).map(({ id, differs }) => `${id}: ${differs.join("; ")}`),
  };
  process.stderr.write(`${confusionTable(all)}\n\n${decisionTable(all)}\n\n`);
  return figures;
}

function accuracyOf(scored: readonly Scored[]): Accuracy {
  const placed = scored.filter(({ isTargetRight }) => isTargetRight !== undefined);
  return {
    classAccuracy: share(scored, ({ isClassRight }) => isClassRight),
    targetAccuracy: share(placed, ({ isTargetRight }) => isTargetRight === true),
    decisionAccuracy: share(scored, ({ isDecisionRight }) => isDecisionRight),
    alerts: scored.length,
    negatives: scored.filter(({ expected }) => expected.class === "other").length,
  };
}

function share(scored: readonly Scored[], isRight: (one: Scored) => boolean): number {
  return scored.length === 0 ? 0 : scored.filter(isRight).length / scored.length;
}

function cpuMsPer(count: number, run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / count;
}
