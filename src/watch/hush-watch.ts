import type { AlertClass, Severity } from "../domain/alert.ts";
import type { HeardLabels } from "../domain/heard-labels.ts";
import type { Problem } from "../domain/incident.ts";
import type { Noise } from "../domain/silence.ts";
import { readingKey, type Target } from "../domain/target.ts";
import { commit } from "../incidents/commit.ts";
import { endOfCalm, hushOf, hushWithin } from "../incidents/hush.ts";
import type { Tables } from "../ports/store.ts";
import type { Telling } from "./telling.ts";
import type { WatchDeps } from "./watch-deps.ts";

/** How bad what the watch tells is. */
export const SEVERITY_OF = { warning: "warning", leak: "warning", critical: "critical", killed: "critical" } as const satisfies Readonly<
  Record<Telling["kind"], Severity>
>;

/** As alerts that say the same are labelled. */
export function labelsOfNews(kinds: readonly Telling["kind"][]): HeardLabels {
  const classes = kinds.map(classOf);
  return { source: ["watch"], class: [...new Set(classes)], severity: [...new Set(kinds.map((kind) => SEVERITY_OF[kind]))] };
}

function classOf(kind: Telling["kind"]): AlertClass {
  return kind === "killed" ? "oom_killed" : "memory_high";
}

type Subject = { readonly target: Target; readonly problem: Problem; readonly kinds: readonly Telling["kind"][] };

/** Who wants quiet about all of this; undefined: some of it is to be told, and then all is. */
export async function hushedBy({ desk, channel }: WatchDeps, { target, problem, kinds }: Subject): Promise<string | undefined> {
  let by: string | undefined;
  for (const kind of kinds) {
    const severity = SEVERITY_OF[kind];
    const noise: Noise = {
      target,
      problem,
      channel,
      severity,
      isKill: kind === "killed",
      labels: labelsOfNews([kind]),
    };
    by = await hushOf(desk.store, desk, noise);
    if (by === undefined) return undefined;
  }
  return by;
}

type Quietly = { readonly by: string; readonly subject: Subject; readonly news: (tables: Tables) => Promise<readonly Telling[]> };

/** Counts news instead of telling it: a kill each time, other trouble once for each time somebody wants quiet about it. */
export async function countQuietly({ desk, channel }: WatchDeps, { by, subject, news }: Quietly): Promise<void> {
  const { target, problem } = subject;
  await commit(desk, async (tables) => {
    for (const { kind, says } of await news(tables)) {
      const atMs = desk.clock.nowMs();
      const once = kind === "killed" ? String(atMs) : `${by}/${endOfCalm(desk, by) ?? ""}`;
      const key = `watch/${readingKey(target)}/${kind}/${once}`;
      const about = { target, problem, channel, class: classOf(kind), severity: SEVERITY_OF[kind], isKill: kind === "killed" };
      await hushWithin(tables, { ...about, key, by, source: "watch", says, atMs });
    }
  });
}
