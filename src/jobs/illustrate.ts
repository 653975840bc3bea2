import { messageOf } from "../domain/errors.ts";
import type { Target } from "../domain/target.ts";
import { commit } from "../incidents/commit.ts";
import type { Desk } from "../incidents/desk.ts";
import type { Underway } from "../incidents/investigations.ts";
import { threadOf } from "../incidents/thread-link.ts";
import type { TrendPicture } from "../ports/memory-history.ts";

/** A picture for the thread of an investigation; undefined where there is too little to show. */
export type Illustrate = (target: Target) => Promise<TrendPicture | undefined>;

/** Posts a chart of the target's memory below the report. A chart that cannot be drawn is only logged: the report stands. */
export async function illustrate(desk: Desk, { incident, investigation }: Underway, draw: Illustrate): Promise<void> {
  try {
    const drawn = await draw(investigation.target);
    if (drawn === undefined) return;
    const content = {
      kind: "file",
      name: `memory-${investigation.target.name.replaceAll(/[^\w.-]/g, "_")}.png`,
      title: drawn.says.slice(0, 250),
      base64: Buffer.from(drawn.picture).toString("base64"),
    } as const;
    const thread = threadOf(incident);
    const slot = `${incident.id}/chart/${investigation.id}`;
    await commit(desk, (tables) =>
      tables.outbox.say(
        { slot, incidentId: incident.id, channel: incident.channel, thread, content, priority: 3 },
        desk.ids.next("dlv"),
        desk.clock.nowMs(),
      ),
    );
  } catch (error) {
    desk.log.warn({ investigationId: investigation.id, because: messageOf(error) }, "a chart could not be drawn");
  }
}
