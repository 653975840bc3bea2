import type { Alert, SentAlerts } from "../domain/alert.ts";
import { matterOf, ROUND_MS } from "../domain/stray.ts";
import { note } from "../messages/note.ts";
import type { Front } from "./front.ts";
import { say } from "./say.ts";
import { takeAlert } from "./take-alert.ts";
import { takeEach } from "./take-each.ts";

/** Alerts that came by a webhook: their threads begin in the incident channel. */
export async function onSentAlerts(front: Front, { id, alerts, receivedAtMs, leftOut }: SentAlerts): Promise<void> {
  const take = async (alert: Alert, index: number): Promise<void> => {
    const place = { slot: slotOf(alert, receivedAtMs), channel: front.incidentChannel };
    return takeAlert(front, { key: `${id}/${index}`, alert, heardAtMs: receivedAtMs }, place);
  };
  if (leftOut !== undefined) await say(front, { slot: `left-out/${id}`, channel: front.incidentChannel }, note(leftOutWords(id, leftOut)));
  await takeEach(runsOf(alerts), async (run) => {
    const taken = await Promise.allSettled(run.map(({ alert, index }) => take(alert, index)));
    const failed = taken.find((one) => one.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  });
}

type Numbered = { readonly alert: Alert; readonly index: number };

/** Alerts that fire are taken together; what resolves in between is taken in its place. */
function runsOf(alerts: readonly Alert[]): readonly (readonly Numbered[])[] {
  const runs: Numbered[][] = [];
  for (const [index, alert] of alerts.entries()) {
    const last = runs.at(-1);
    if (last?.at(-1)?.alert.status === "firing" && alert.status === "firing") last.push({ alert, index });
    else runs.push([{ alert, index }]);
  }
  return runs;
}

/** Of a message's id: who sent it stands in front. */
function leftOutWords(id: string, leftOut: number): string {
  const alerts = leftOut === 1 ? "1 alert is" : `${leftOut} alerts are`;
  return `${alerts} left out of a message of ${id.split("/", 1)[0]}: it held more than are taken of one, or its sender had left them out. Nobody has looked at them here.`;
}

/** Where it is said, and edited, how its target was found, or that no runbook fits that. */
function slotOf(alert: Alert, atMs: number): string {
  return `alert/${alert.source}/${matterOf(alert)}/${Math.floor(atMs / ROUND_MS)}`;
}
