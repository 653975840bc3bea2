import { attend, attendThread } from "../incidents/attention.ts";
import type { Inbound } from "../ports/inbound.ts";
import type { Front } from "./front.ts";

/** A person does something in an incident's thread, or names it: somebody has reacted. */
export async function notice({ desk }: Pick<Front, "desk">, inbound: Inbound): Promise<void> {
  if (desk.unattended === undefined) return;
  switch (inbound.kind) {
    case "click":
      return inThread(desk, inbound, inbound.threadTs ?? inbound.messageTs);
    case "mention":
      return inThread(desk, inbound, inbound.threadTs);
    case "post": {
      const { channel, userId, botId, threadTs, ts } = inbound.post;
      if (userId === undefined || botId !== undefined || threadTs === ts) return undefined;
      return inThread(desk, { channel, userId }, threadTs);
    }
    case "command":
      return byName(desk, inbound);
    case "shortcut":
    case "submission":
      return undefined; // what they ask for is a request, which counts by itself
  }
}

type Place = { readonly channel: string; readonly userId: string };

async function inThread(desk: Front["desk"], { channel, userId }: Place, threadTs: string | undefined): Promise<void> {
  if (threadTs !== undefined) await attendThread(desk, { channel, threadTs, by: userId });
}

async function byName(desk: Front["desk"], { text, userId }: { readonly text: string; readonly userId: string }): Promise<void> {
  const id = /\binc_[0-9a-z]{1,40}\b/i.exec(text.slice(0, 500))?.[0].toLowerCase();
  const incident = id === undefined ? undefined : await desk.store.incidents.get(id);
  if (incident !== undefined) await attend(desk, { incident, by: userId });
}
