import type { AboutMemory, SentAlert } from "../domain/alert.ts";
import type { Front } from "./front.ts";
import { takeAlert } from "./take-alert.ts";

/** A host whose processes are killed again and again is one matter: what cannot be told of it is said once in this time. */
const ONE_MATTER_MS = 30 * 60_000;

/** An alert that came by a webhook: its thread begins in the incident channel. */
export async function onSentAlert(front: Front, { reading, receivedAtMs }: SentAlert): Promise<void> {
  const place = { slot: matterOf(reading, receivedAtMs), channel: front.incidentChannel };
  await takeAlert(front, { reading, heardAtMs: receivedAtMs }, place);
}

/** Where it is said, and edited, that nobody knows whose process it was. */
function matterOf({ source, hosts, kills, names }: AboutMemory, atMs: number): string {
  const what = kills.at(-1)?.process ?? names[0] ?? "";
  return `alert/${source}/${hosts[0] ?? ""}/${what}/${Math.floor(atMs / ONE_MATTER_MS)}`;
}
