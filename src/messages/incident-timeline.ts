import { counted } from "../domain/count.ts";
import type { ActionRequest } from "../domain/action-request.ts";
import type { Finding } from "../domain/finding.ts";
import type { Incident, IncidentEvent } from "../domain/incident.ts";
import type { Message } from "../domain/message.ts";
import { incidentName } from "../domain/target.ts";
import { button, buttons, context, header, message, section, titled } from "./kit.ts";
import { stateWords } from "./request-card.ts";
import { PROBLEMS, STATES } from "./root.ts";
import { code, confidence, link, person, prose, time, who } from "./words.ts";

// What a reader takes in; the audit has everything.
const MOST_EVENTS = 40;

/** `/oom show`: what happened in one incident, oldest first. */
export function incidentTimeline(facts: {
  readonly incident: Incident;
  readonly events: readonly IncidentEvent[];
  readonly requests: readonly ActionRequest[];
  /** The newest verdict. */
  readonly finding?: Finding;
  /** Address of the thread. */
  readonly permalink?: string;
}): Message {
  const { incident, events, requests } = facts;
  const state = STATES[incident.state];
  const name = `${PROBLEMS[incident.problem]}: ${incidentName(incident.target)}`;
  const left = events.length - MOST_EVENTS;
  return message(`${name}, ${state.says}`, [
    header(`${state.mark} ${name}`),
    section(
      [`${state.title}${ended(incident)}`, ...verdict(facts.finding), link(facts.permalink, "Go to the thread")]
        .filter((line) => line !== undefined)
        .join("\n"),
    ),
    titled("Requests", requests.map(requestLine)),
    titled("What happened", events.slice(-MOST_EVENTS).map(eventLine)),
    left > 0 ? context(`${counted(left, "earlier line")} left out: ${code(`/oom audit ${incident.id}`)}`) : undefined,
    ...(incident.state === "resolved" ? [] : buttons([button("Mark as resolved", { actionId: "incident_resolve", id: incident.id })])),
    context(
      `Opened by ${who(incident.openedBy)} ${time(incident.openedAtMs)} · reported ${counted(incident.timesSeen, "time")} · ${code(incident.id)}`,
    ),
  ]);
}

function verdict(finding: Finding | undefined): readonly string[] {
  return finding === undefined ? [] : [`${prose(finding.headline.replace(/\.$/, ""))} (${confidence(finding.confidence)})`];
}

function ended({ resolvedAtMs }: Incident): string {
  return resolvedAtMs === undefined ? "" : ` ${time(resolvedAtMs)}`;
}

function requestLine(request: ActionRequest): string {
  const state = stateWords(request);
  return `${state.mark} ${state.title}: ${prose(request.plan.summary)} (asked by ${person(request.requestedBy)})`;
}

function eventLine(event: IncidentEvent): string {
  return `• ${time(event.atMs)} ${who(event.actor)}: ${prose(event.says)}`;
}
