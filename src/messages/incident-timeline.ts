import type { ActionRequest } from "../domain/action-request.ts";
import type { Incident, IncidentEvent } from "../domain/incident.ts";
import type { Message } from "../domain/message.ts";
import { formatTarget } from "../domain/target.ts";
import { context, header, message, section, titled } from "./kit.ts";
import { STATE_WORDS } from "./request-card.ts";
import { PROBLEMS, STATES } from "./root.ts";
import { code, counted, person, prose, time, who } from "./words.ts";

// What a reader takes in; the audit has everything.
const MOST_EVENTS = 40;

/** `/oom show`: what happened in one incident, oldest first. */
export function incidentTimeline(facts: {
  readonly incident: Incident;
  readonly events: readonly IncidentEvent[];
  readonly requests: readonly ActionRequest[];
  /** The verdict with its confidence, as a sentence. */
  readonly verdict?: string;
  /** Address of the thread. */
  readonly permalink?: string;
}): Message {
  const { incident, events, requests } = facts;
  const state = STATES[incident.state];
  const name = `${PROBLEMS[incident.problem]}: ${formatTarget(incident.target)}`;
  const left = events.length - MOST_EVENTS;
  return message(`${name}, ${state.says}`, [
    header(`${state.mark} ${name}`),
    section([`${state.title}${ended(incident)}`, ...(facts.verdict === undefined ? [] : [prose(facts.verdict)]), ...link(facts.permalink)].join("\n")),
    titled("Requests", requests.map(requestLine)),
    titled("What happened", events.slice(-MOST_EVENTS).map(eventLine)),
    left > 0 ? context(`${counted(left, "earlier line")} left out: ${code(`/oom audit ${incident.id}`)}`) : undefined,
    context(`Opened by ${who(incident.openedBy)} ${time(incident.openedAtMs)} · reported ${counted(incident.timesSeen, "time")} · ${code(incident.id)}`),
  ]);
}

function ended({ resolvedAtMs }: Incident): string {
  return resolvedAtMs === undefined ? "" : ` ${time(resolvedAtMs)}`;
}

function link(permalink: string | undefined): readonly string[] {
  return permalink !== undefined && /^https?:\/\/[^\s<>|]+$/.test(permalink) ? [`<${permalink}|Go to the thread>`] : [];
}

function requestLine(request: ActionRequest): string {
  const state = STATE_WORDS[request.state];
  return `${state.mark} ${state.title}: ${prose(request.plan.summary)} (asked by ${person(request.requestedBy)})`;
}

function eventLine(event: IncidentEvent): string {
  return `• ${time(event.atMs)} ${who(event.actor)}: ${prose(event.says)}`;
}
