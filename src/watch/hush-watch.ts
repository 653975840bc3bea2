import type { Severity } from "../domain/alert.ts";
import type { Problem } from "../domain/incident.ts";
import type { Noise } from "../domain/silence.ts";
import { readingKey, type Target } from "../domain/target.ts";
import { commit } from "../incidents/commit.ts";
import { hushOf, hushWithin } from "../incidents/hush.ts";
import type { Tables } from "../ports/store.ts";
import type { Telling } from "./telling.ts";
import type { WatchDeps } from "./watch-deps.ts";

/** How bad what the watch tells is. */
export const SEVERITY_OF = { warning: "warning", leak: "warning", critical: "critical", killed: "critical" } as const satisfies Readonly<
  Record<Telling["kind"], Severity>
>;

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
      labels: { source: ["watch"], class: [kind === "killed" ? "oom_killed" : "memory_high"], severity: [severity] },
    };
    by = await hushOf(desk.store, desk, noise);
    if (by === undefined) return undefined;
  }
  return by;
}

type Quietly = { readonly by: string; readonly subject: Subject; readonly news: (tables: Tables) => Promise<readonly Telling[]> };

/** Counts news instead of telling it: a kill each time, other trouble once for each who wants quiet about it. */
export async function countQuietly({ desk, channel }: WatchDeps, { by, subject, news }: Quietly): Promise<void> {
  const { target, problem } = subject;
  await commit(desk, async (tables) => {
    for (const { kind, says } of await news(tables)) {
      const atMs = desk.clock.nowMs();
      const once = kind === "killed" ? String(atMs) : by;
      const key = `watch/${readingKey(target)}/${kind}/${once}`;
      const hushed = {
        key,
        by,
        target,
        problem,
        channel,
        source: "watch",
        severity: SEVERITY_OF[kind],
        isKill: kind === "killed",
        says,
        atMs,
      };
      await hushWithin(tables, hushed);
    }
  });
}
