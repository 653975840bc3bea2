import type { Alert, SentAlerts } from "../domain/alert.ts";
import { note } from "../messages/note.ts";
import type { Front } from "./front.ts";
import { say } from "./say.ts";
import { takeAlert } from "./take-alert.ts";

/** A host whose processes are killed again and again is one matter: what cannot be told of it is said once in this time. */
const ONE_MATTER_MS = 30 * 60_000;

/** Alerts that came by a webhook: their threads begin in the incident channel. */
export async function onSentAlerts(front: Front, { id, alerts, receivedAtMs, leftOut }: SentAlerts): Promise<void> {
  for (const [index, alert] of alerts.entries()) {
    const place = { slot: matterOf(alert, receivedAtMs), channel: front.incidentChannel };
    await takeAlert(front, { key: `${id}/${index}`, alert, heardAtMs: receivedAtMs }, place);
  }
  if (leftOut !== undefined) await say(front, { slot: `left-out/${id}`, channel: front.incidentChannel }, note(leftOutWords(id, leftOut)));
}

/** Of a message's id: who sent it stands in front. */
function leftOutWords(id: string, leftOut: number): string {
  const alerts = leftOut === 1 ? "1 alert is" : `${leftOut} alerts are`;
  return `${alerts} left out of a message of ${id.split("/", 1)[0]}: it held more than are taken of one, or its sender had left them out. Nobody has looked at them here.`;
}

/** Where it is said, and edited, that nobody knows whose it was. */
function matterOf({ source, subject: { hosts, names, pod, owner }, kills }: Alert, atMs: number): string {
  const what = kills.at(-1)?.process ?? pod ?? owner?.name ?? names[0] ?? "";
  return `alert/${source}/${hosts[0] ?? ""}/${what}/${Math.floor(atMs / ONE_MATTER_MS)}`;
}
