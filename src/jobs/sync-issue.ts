import { labelsFor, labelsOutgrown, type Escalation } from "../domain/escalation.ts";
import { OomphError } from "../domain/errors.ts";
import { issueComment, issueText } from "../messages/issue.ts";
import type { CodeHost, Issue } from "../ports/code-host.ts";
import type { Arrived } from "./record-arrival.ts";
import type { Told } from "./told-so-far.ts";

// The code host's clock may be behind ours.
const CLOCK_SKEW_MS = 10 * 60_000;

/**
 * Makes the incident's issue agree with everything raised for it: opened, labelled, commented on, closed or open again.
 * Throws OomphError. May be repeated from any point: the issue and each comment carry a key.
 */
export async function syncIssue(host: CodeHost | undefined, told: Told, signal: AbortSignal): Promise<Arrived> {
  if (host === undefined)
    throw new OomphError("bad-input", "no repository is configured for issues: set github.token and github.repository");
  const labels = labelsFor(told.incident.target.kind, eventsOfNow(told.raised));
  await host.ensureLabels(labels, signal);
  const names = labels.map(({ name }) => name);
  const wanted = { key: told.incident.id, ...issueText(told) };
  const state = isOver(told.raised) ? "closed" : "open";

  const earlier = await earlierIssue(host, told, signal);
  const found = earlier ?? (await host.openIssue({ ...wanted, labels: names }, signal));
  if (earlier === undefined && state === "open") return arrivedAs(found, told);

  const unsent = told.raised.filter((one) => one.sentTimes === 0);
  const news = earlier === undefined ? [] : unsent.filter((one) => one !== told.raised[0]);
  for (const one of news) await host.comment(found.number, { key: `${one.incidentId}/${one.key}`, text: issueComment(one) }, signal);
  // People may have closed it themselves: only something new opens it again.
  const turn = unsent.length === 0 ? {} : ({ state } as const);
  const change = { key: wanted.key, body: wanted.body, addLabels: names, removeLabels: labelsOutgrown(labels), ...turn };
  return arrivedAs(await host.updateIssue(found.number, change, signal), told);
}

function arrivedAs({ number, url }: Issue, { raised }: Told): Arrived {
  return { externalId: String(number), externalUrl: url, reached: [], covers: raised };
}

/** Known from an earlier attempt, or opened by one whose answer was lost. */
async function earlierIssue(host: CodeHost, { incident, raised }: Told, signal: AbortSignal): Promise<Issue | undefined> {
  const known = raised.find((one) => one.externalId !== undefined);
  if (known !== undefined) return { number: Number(known.externalId), url: known.externalUrl ?? "" };
  return host.findIssue(incident.id, incident.openedAtMs - CLOCK_SKEW_MS, signal);
}

function isOver(raised: readonly Escalation[]): boolean {
  return raised.at(-1)?.event === "resolved";
}

/** Since the incident was last opened. What ended it takes nothing away: a closed issue keeps its labels. */
function eventsOfNow(raised: readonly Escalation[]): readonly Escalation["event"][] {
  const events = (isOver(raised) ? raised.slice(0, -1) : raised).map(({ event }) => event);
  return events.slice(events.lastIndexOf("resolved") + 1);
}
