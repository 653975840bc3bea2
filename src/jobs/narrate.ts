import type { ActionRequest, Run } from "../domain/action-request.ts";
import type { DeliveryContent, DeliveryPriority, Saying } from "../domain/delivery.ts";
import type { StepProgress } from "../domain/evidence.ts";
import { given } from "../domain/given.ts";
import type { Incident } from "../domain/incident.ts";
import type { Investigation } from "../domain/investigation.ts";
import type { Message } from "../domain/message.ts";
import type { StormSettings } from "../domain/storm.ts";
import type { ActionDoc, ThreadFile } from "../domain/plan.ts";
import { alertNote } from "../messages/alert-note.ts";
import { anewNote, anewWords } from "../messages/anew-note.ts";
import { breakGlassNotice } from "../messages/break-glass-notice.ts";
import { decisionReply } from "../messages/decision-reply.ts";
import { escalatedNote, notEscalatedNote } from "../messages/escalation-note.ts";
import { joinedNote, reopenedNote } from "../messages/joined-note.ts";
import { leaseReleasedNote } from "../messages/lease-released-note.ts";
import { note } from "../messages/note.ts";
import { outcomeReply } from "../messages/outcome-reply.ts";
import { progressMessage } from "../messages/progress.ts";
import { reportFailedMessage } from "../messages/report-failed.ts";
import { requestCard } from "../messages/request-card.ts";
import { resolvedNote } from "../messages/resolved-note.ts";
import { worseNote } from "../messages/worse-note.ts";
import { watchNote } from "../messages/watch-note.ts";
import { rootSlotOf, threadOf } from "../incidents/thread-link.ts";
import type { Clock, Ids } from "../ports/clock.ts";
import type { NewLook } from "../domain/new-look.ts";
import type { Narrator, News } from "../ports/narrator.ts";
import type { Tables } from "../ports/store.ts";
import { offerFacts, reportOf } from "./report-of.ts";
import { sayMark } from "./say-mark.ts";
import { tellInStorm } from "./tell-in-storm.ts";
import { quietLines } from "./tell-quiet.ts";
import { relatedLines } from "./tell-related.ts";
import { doneIn } from "./tell-reports.ts";
import { root, rootInStorm, urgency } from "./tell-root.ts";

export type NarratorSettings = {
  readonly ids: Ids;
  readonly clock: Clock;
  /** For titles and risks. */
  readonly actions: readonly ActionDoc[];
  /** So many reports are posted below a storm; absent: none. */
  readonly storms?: Pick<StormSettings, "replies">;
};

type NewsOf<Kind extends News["kind"]> = Extract<News, { readonly kind: Kind }>;
type Line = {
  readonly slot: string;
  readonly message: Message | ThreadFile;
  readonly priority: DeliveryPriority;
  readonly onBehalfOf?: string;
  readonly inChannel?: true;
  /** Another channel than the incident's, outside threads. */
  readonly channel?: string;
  /** In the thread of this one instead. */
  readonly of?: Incident;
};
type Teller = NarratorSettings & { readonly tables: Tables };

/** A narrator that puts each piece of news into the slots that it concerns, for delivery. */
export function createNarrator(settings: NarratorSettings): Narrator {
  return async (tables, news) => {
    await sayMark(tables, settings, news);
    const isInStorm = await tellInStorm(tables, news, settings);
    const lines: readonly Line[] = isInStorm ? await rootInStorm(tables, news) : await linesOf(news, { ...settings, tables });
    const sayings = lines.map((line) => sayingOf(line, line.of ?? news.incident));
    for (const saying of [...(await refusedRoot(tables, news.incident, sayings)), ...sayings])
      await tables.outbox.say(saying, settings.ids.next("dlv"), settings.clock.nowMs());
  };
}

/** A root that Slack refused is tried again with what is said below it: the place may be there by now. */
async function refusedRoot(tables: Tables, incident: Incident, sayings: readonly Saying[]): Promise<readonly Saying[]> {
  const slot = rootSlotOf(incident);
  const isBelow = sayings.some(({ thread }) => thread !== undefined && "slot" in thread && thread.slot === slot);
  if (!isBelow || sayings.some((saying) => saying.slot === slot)) return [];
  const root = await tables.outbox.bySlot(slot);
  return root?.state === "failed" ? [root] : [];
}

async function linesOf(news: News, teller: Teller): Promise<readonly Line[]> {
  switch (news.kind) {
    case "opened":
      return [...opening(news), progress(news, first(news.incident)), ...(await relatedLines(teller.tables, news.incident))];
    case "joined":
    case "reopened":
      return seenAgain(news, teller);
    case "taken-out":
      return opening(news);
    case "worse":
      return [
        { slot: `${news.incident.id}/worse/${news.to}/${news.incident.lastSeenAtMs}`, priority: 1, message: worseNote(news) },
        ...(news.look === undefined ? [] : anew({ ...news, look: news.look })),
      ];
    case "looked-at-anew":
      return [{ slot: `${news.incident.id}/anew/${news.look.investigation.id}`, priority: 2, message: anewNote(news) }, ...anew(news)];
    case "progress":
      return [progress(news, 3)];
    case "diagnosed":
      return diagnosed(news, teller);
    case "investigation-failed":
      return [report(news, reportFailedMessage({ target: news.investigation.target, because: news.because }))];
    case "requested":
    case "executing":
    case "verifying":
      return [await card(news, teller)];
    case "decided":
      return decided(news, teller);
    case "ended":
      return ended(news, teller);
    case "resolved":
      return resolved(news, teller);
    case "watched":
      return [{ slot: `${news.incident.id}/watched/${news.trouble}/${news.sinceMs}`, priority: 1, message: watchNote(news) }];
    case "alerted":
      return [{ slot: `${news.incident.id}/alerted`, priority: 2, message: note(news.says) }];
    case "silenced":
    case "kept-quiet":
    case "unattended":
    case "attended":
    case "checked-up":
      return quietLines(news, teller.tables);
    case "escalated":
    case "not-escalated":
      return [escalation(news, teller)];
    case "lease-released":
      return [{ slot: `${news.incident.id}/lease-released/${teller.clock.nowMs()}`, priority: 1, message: leaseReleasedNote(news) }];
  }
}

/** What the alert says stands in the root until there is a verdict, and stays below it; its own post says it itself. */
function opening({ incident, alert, says }: Pick<NewsOf<"taken-out">, "incident" | "alert" | "says">): readonly Line[] {
  if (alert === undefined || incident.rootTs !== undefined) return root(incident, says);
  const slot = `${incident.id}/alert/${incident.lastSeenAtMs}`;
  const line = root(incident, says ?? alert.words ?? alert.says, urgency(incident));
  return [...line, { slot, priority: 2, message: alertNote(alert) }];
}

type Anew = { readonly incident: Incident; readonly look: NewLook };

/** The verdict so far is not the last word any more; one that waits shows its progress when it has begun. */
function anew({ incident, look }: Anew): readonly Line[] {
  return [...root(incident, anewWords(look)), ...(look.fromMs === undefined ? [progress({ incident, ...look }, 2)] : [])];
}

/** Of the progress that a thread begins with: below an alert's post it is the first answer; below a root of ours it lets other roots and reports go first. */
function first(incident: Incident): DeliveryPriority {
  return incident.rootTs === undefined ? 3 : urgency(incident);
}

type Stepping = { readonly incident: Incident; readonly investigation: Investigation; readonly steps: readonly StepProgress[] };

function progress({ incident, investigation, steps }: Stepping, priority: DeliveryPriority): Line {
  return {
    slot: `${incident.id}/progress/${investigation.id}`,
    priority,
    message: progressMessage({ target: investigation.target, steps }),
  };
}

async function seenAgain(news: NewsOf<"joined" | "reopened">, { tables }: Teller): Promise<readonly Line[]> {
  const { kind, incident, investigation, steps, alert } = news;
  const again: readonly Line[] =
    investigation === undefined || steps === undefined ? [] : [progress({ incident, investigation, steps }, 2)];
  if (kind === "reopened") {
    return [
      { slot: `${incident.id}/reopened/${incident.lastSeenAtMs}`, priority: 1, message: reopenedNote(news) },
      ...opening({ incident, ...given({ alert }) }),
      ...again,
    ];
  }
  const reports = await tables.heard.counts(incident.id);
  // One message, edited: ten thousand alerts must not become ten thousand replies.
  return [{ slot: `${incident.id}/joined`, priority: 3, message: joinedNote({ ...news, reports }) }, ...again];
}

function diagnosed(news: NewsOf<"diagnosed">, teller: Teller): readonly Line[] {
  const message = reportOf(news, teller);
  if (message === undefined) return [];
  return [report(news, message), ...root(news.incident, news.investigation.diagnosis?.finding.headline)];
}

function report({ incident, investigation }: Pick<Stepping, "incident" | "investigation">, message: Message): Line {
  return { slot: `${incident.id}/report/${investigation.id}`, priority: 2, message };
}

type Carded = { readonly request: ActionRequest; readonly run?: Run; readonly says?: string };

async function card({ request, run, says }: Carded, teller: Teller): Promise<Line> {
  const decisions = await teller.tables.requests.decisions(request.id);
  const message = requestCard({
    title: titleOf(teller, request.actionId),
    request,
    decisions,
    ...(run === undefined ? {} : { run }),
    ...(says === undefined ? {} : { says }),
  });
  return { slot: `${request.id}/card`, priority: says === undefined ? 2 : 3, message, onBehalfOf: request.requestedBy };
}

async function decided(news: NewsOf<"decided">, teller: Teller): Promise<readonly Line[]> {
  const { request, decision } = news;
  const title = titleOf(teller, request.actionId);
  const reply: Line = {
    slot: `${request.id}/decision/${decision.userId}`,
    priority: 1,
    message: decisionReply({ ...news, title }),
    onBehalfOf: decision.userId,
  };
  const alone: readonly Line[] =
    decision.kind === "break-glass"
      ? [{ slot: `${request.id}/break-glass`, priority: 1, message: breakGlassNotice({ title, request, decision }), inChannel: true }]
      : [];
  return [await card(news, teller), reply, ...alone];
}

async function ended(news: NewsOf<"ended">, teller: Teller): Promise<readonly Line[]> {
  const { request, run, replacement, wayBack, afterwards } = news;
  const message = outcomeReply({
    title: titleOf(teller, request.actionId),
    request,
    ...(run === undefined ? {} : { run }),
    ...(wayBack === undefined ? {} : { wayBack: offerFacts(wayBack, teller) }),
    ...(replacement === undefined ? {} : { replacementSummary: replacement.plan.summary }),
    ...(afterwards === undefined ? {} : { lasting: afterwards.says, further: afterwards.offers.map((one) => offerFacts(one, teller)) }),
  });
  const files = (afterwards?.files ?? []).map((file): Line => ({ slot: `${request.id}/file/${file.name}`, priority: 2, message: file }));
  return [await card(news, teller), { slot: `${request.id}/outcome`, priority: 1, message, onBehalfOf: request.requestedBy }, ...files];
}

async function resolved(news: NewsOf<"resolved">, teller: Teller): Promise<readonly Line[]> {
  const { incident, says } = news;
  const done = await doneIn(teller.tables, incident, (actionId) => titleOf(teller, actionId));
  return [
    ...root(incident, says),
    {
      slot: `${incident.id}/resolved/${incident.resolvedAtMs ?? incident.lastSeenAtMs}`,
      priority: 1,
      message: resolvedNote({ ...news, done }),
    },
  ];
}

/** What was late or refused is answered by a message of its own: an edit goes unnoticed. */
function escalation(news: NewsOf<"escalated" | "not-escalated">, { clock }: Teller): Line {
  const { id, kind } = news.escalation;
  const slot = `${news.incident.id}/escalation/${kind}`;
  if (news.kind === "escalated")
    return { slot: news.lateMs === undefined ? slot : `${slot}/${id}/${clock.nowMs()}`, priority: 2, message: escalatedNote(news) };
  return { slot: `${slot}/${id}/${news.why}/${clock.nowMs()}`, priority: 2, message: notEscalatedNote({ ...news, atMs: clock.nowMs() }) };
}

function titleOf(teller: Teller, actionId: string): string {
  return teller.actions.find((action) => action.id === actionId)?.title ?? actionId;
}

function sayingOf(line: Line, incident: Incident): Saying {
  const { slot, message, priority, onBehalfOf } = line;
  return {
    slot,
    incidentId: incident.id,
    channel: line.channel ?? incident.channel,
    content: contentOf(message),
    priority,
    ...(slot === rootSlotOf(incident) || line.inChannel === true || line.channel !== undefined ? {} : { thread: threadOf(incident) }),
    ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
  };
}

function contentOf(said: Message | ThreadFile): DeliveryContent {
  if ("blocks" in said) return { kind: "message", message: said };
  const { name, title } = said;
  return { kind: "file", name, title, base64: said.base64 ?? Buffer.from(said.text, "utf8").toString("base64") };
}
