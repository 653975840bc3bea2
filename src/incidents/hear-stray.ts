import { grouped } from "../domain/grouped.ts";
import { isWorse, type Alert } from "../domain/alert.ts";
import { maskSecrets } from "../domain/mask-secrets.ts";
import { severityOf } from "../domain/silence.ts";
import { matterOf, nameOf, roundOf, type Stray } from "../domain/stray.ts";
import type { Target } from "../domain/target.ts";
import type { CountedStray } from "../ports/stray-table.ts";
import type { Tables } from "../ports/store.ts";
import { commit } from "./commit.ts";
import type { Desk } from "./desk.ts";
import { inHeaps, type Heaped } from "./in-heaps.ts";

/** An alert of which nobody knows whose it is. */
export type HeardStray = Pick<Stray, "channel" | "threadTs" | "because"> & {
  /** The same key is the same alert, heard again. */
  readonly key: string;
  readonly alert: Alert;
  /** Those that it may be; empty: nobody knows. */
  readonly targets: readonly Target[];
};

const MOST_TOGETHER = 50;

/** Counts it, once for its key. It is told by the next round of any replica (`src/jobs/keep-strays.ts`). */
export async function hearStray(desk: Desk, stray: HeardStray): Promise<void> {
  const hear = HEARERS.get(desk) ?? inHeaps(MOST_TOGETHER, (strays: readonly HeardStray[]) => hearAll(desk, strays));
  HEARERS.set(desk, hear);
  await hear(stray);
}

const HEARERS = new WeakMap<Desk, Heaped<HeardStray, undefined>>();

async function hearAll(desk: Desk, strays: readonly HeardStray[]): Promise<ReadonlyMap<HeardStray, undefined>> {
  await commit(desk, async (tables) => {
    const first = [...grouped(strays, ({ key }) => key).values()].flatMap(([one]) => one ?? []);
    const fresh = await tables.strays.remember(
      first.map(({ key }) => key),
      desk.clock.nowMs(),
    );
    const news = first.filter(({ key }) => fresh.has(key));
    for (const [channel, here] of grouped(news, (one) => one.channel)) await count(tables, desk, { channel, here });
  });
  return new Map();
}

type Here = { readonly channel: string; readonly here: readonly HeardStray[] };

async function count({ strays }: Tables, { clock, ids }: Desk, { channel, here }: Here): Promise<void> {
  const nowMs = clock.nowMs();
  const roundMs = roundOf(await strays.newestRound(channel), nowMs);
  const counted = [...grouped(here, ({ alert }) => matterOf(alert))].flatMap(([matter, alike]): CountedStray[] => {
    const newest = alike.at(-1);
    if (newest === undefined) return [];
    const { alert, targets, key: _, ...told } = newest;
    const severity = alike.map((one) => severityOf(one.alert)).reduce((worst, one) => (isWorse(one, worst) ? one : worst));
    const { source, class: kind, words } = alert;
    const says = maskSecrets(words === undefined ? alert.says : `${alert.says}: ${words}`);
    return [
      {
        ...told,
        id: ids.nextShort("str"),
        roundMs,
        matter,
        name: nameOf(alert),
        source,
        class: kind,
        severity,
        says,
        targets,
        count: alike.length,
        lastAtMs: nowMs,
      },
    ];
  });
  await strays.count(counted);
}
