import { messageOf } from "../domain/errors.ts";
import type { Json } from "../domain/json.ts";
import { commit } from "../incidents/commit.ts";
import type { Desk } from "../incidents/desk.ts";
import type { Underway } from "../incidents/investigations.ts";
import { threadOf } from "../incidents/thread-link.ts";
import { EvidenceFiles } from "./schema.ts";

type File = EvidenceFiles["files"][number];

/** Posts the files that evidence holds below the report: a heap profile, its picture. What cannot be posted is only logged: the report stands. */
export async function attach(desk: Desk, { incident, investigation }: Underway): Promise<void> {
  try {
    const evidence = await desk.store.evidence.ofInvestigation(investigation.id);
    const files = evidence.flatMap(({ data }) => filesIn(data));
    if (files.length === 0) return;
    const thread = threadOf(incident);
    const place = { incidentId: incident.id, channel: incident.channel, thread, priority: 3 } as const;
    await commit(desk, async (tables) => {
      for (const { name, title, base64 } of files) {
        const slot = `${incident.id}/file/${investigation.id}/${name}`;
        const content = { kind: "file", name, title: title.slice(0, 250), base64 } as const;
        await tables.outbox.say({ ...place, slot, content }, desk.ids.next("dlv"), desk.clock.nowMs());
      }
    });
  } catch (error) {
    desk.log.warn({ investigationId: investigation.id, because: messageOf(error) }, "files of an investigation could not be posted");
  }
}

function filesIn(data: Json): readonly File[] {
  return EvidenceFiles.safeParse(data).data?.files ?? [];
}
