import { commit } from "../incidents/commit.ts";
import type { Desk } from "../incidents/desk.ts";
import { forgetHushed, isTimeToTell, QUIET_HOURS } from "../incidents/hush.ts";
import { quietDigest } from "../messages/quiet-digest.ts";
import type { HushedGroup } from "../ports/quiet-tables.ts";

/** When quiet hours are over, what waited is told: one message in each channel. May run on several replicas at once. */
export async function endQuietHours(desk: Desk): Promise<number> {
  await forgetHushed(desk);
  if (!isTimeToTell(desk)) return 0;
  return commit(desk, async (tables) => {
    const groups = await tables.hushed.tellAll(QUIET_HOURS);
    for (const [channel, rows] of byChannel(groups)) {
      const lastAtMs = Math.max(...rows.map((row) => row.lastAtMs));
      const content = { kind: "message", message: quietDigest({ rows }) } as const;
      await tables.outbox.say(
        { slot: `quiet-hours/${channel}/${lastAtMs}`, channel, content, priority: 2 },
        desk.ids.next("dlv"),
        desk.clock.nowMs(),
      );
    }
    return groups.length;
  });
}

function byChannel(groups: readonly HushedGroup[]): ReadonlyMap<string, readonly HushedGroup[]> {
  const channels = new Map<string, HushedGroup[]>();
  for (const group of groups) channels.set(group.channel, [...(channels.get(group.channel) ?? []), group]);
  return channels;
}
