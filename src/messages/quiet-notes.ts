import { counted } from "../domain/count.ts";
import { formatDuration } from "../domain/duration.ts";
import type { Incident } from "../domain/incident.ts";
import type { Message } from "../domain/message.ts";
import type { Silence } from "../domain/silence.ts";
import { formatTarget } from "../domain/target.ts";
import { button, buttons, context, message, section } from "./kit.ts";
import { PROBLEMS } from "./root.ts";
import { code, killWords, link, person, prose, silenceWords, time, untilWords } from "./words.ts";

/** Somebody has silenced it, in its thread. */
export function silencedNote({ silence }: { readonly silence: Silence }): Message {
  return message(`Silenced ${silence.untilMs === undefined ? "until it is resolved" : "for a while"}`, [
    section(
      `${silencedBy(silence)}\nWhat alerts and the watch say is counted meanwhile. ${killWords(silence)}`,
      button("Undo", { actionId: "silence_end", id: silence.id }),
    ),
  ]);
}

/** Somebody has silenced what nobody has named: for all who count on hearing of it. */
export function broadNote({ silence }: { readonly silence: Silence }): Message {
  const words = `${silenceWords(silence.what)} is silenced`;
  return message(`${words} for everybody`, [
    section(
      `${silencedBy(silence)}\nWhatever it covers opens no incident and is told nobody here; it is counted. ${killWords(silence)}`,
      button("Undo", { actionId: "silence_end", id: silence.id }),
    ),
  ]);
}

/** In the place of that, when it was taken back. */
export function retractedNote({ silence, by }: { readonly silence: Silence; readonly by: string }): Message {
  return message("A silence was taken back", [
    section(`🔔 ${person(by)} has taken back that ${silenceWords(silence.what)} was silenced · ${code(silence.id)}`),
  ]);
}

function silencedBy(silence: Silence): string {
  const why = silence.reason === undefined ? "" : `: ${prose(silence.reason)}`;
  return `🔕 *${silenceWords(silence.what)} is silenced ${untilWords(silence)}* by ${person(silence.by)}${why}`;
}

/** It is told again, after some of it was kept quiet. */
export function keptQuietNote(facts: { readonly count: number; readonly firstAtMs: number; readonly lastAtMs: number }): Message {
  const { count, firstAtMs, lastAtMs } = facts;
  const reports = counted(count, "report");
  const when = count === 1 ? time(lastAtMs) : `from ${time(firstAtMs)} to ${time(lastAtMs)}`;
  return message(`${reports} before this kept quiet`, [
    section(
      `🔕 ${reports} of it before this ${count === 1 ? "was" : "were"} kept quiet (silenced, in maintenance or in quiet hours): ${when}.`,
    ),
  ]);
}

/** Not heard of for long, and not over: one message, edited. */
export function checkedUpNote(facts: { readonly headline: string; readonly quietMs: number; readonly nextMs: number }): Message {
  const quiet = formatDuration(facts.quietMs);
  return message(`Not heard of for ${quiet}: ${facts.headline}`, [
    context(
      `🕓 Not heard of for ${quiet}. A look whether it is over says: ${prose(facts.headline)} It stays open, and is looked at again ${time(facts.nextMs)}.`,
    ),
  ]);
}

type Unattended = { readonly incident: Incident; readonly forMs: number };

/** Nobody has reacted: a group is called into the thread. */
export function callNote({ incident, forMs, group }: Unattended & { readonly group: string }): Message {
  const name = formatTarget(incident.target);
  return message(`Nobody has reacted to ${name} for ${formatDuration(forMs)}`, [
    section(`📣 ${person(group)} Nobody has reacted to ${code(name)} for ${formatDuration(forMs)}.${ofStorm(incident)}`),
    ...onIt(incident),
  ]);
}

/** Nobody has reacted: another channel is told. */
export function spreadNote({ incident, forMs, permalink }: Unattended & { readonly permalink?: string }): Message {
  const name = formatTarget(incident.target);
  const where = link(permalink, "Go to the thread") ?? `The thread is in <#${incident.channel}>.`;
  return message(`Nobody has reacted to ${name} for ${formatDuration(forMs)}`, [
    section(
      `${headed(incident)}\nNobody has reacted in <#${incident.channel}> for ${formatDuration(forMs)}.${ofStorm(incident)}\n${where} · ${code(incident.id)}`,
    ),
    ...onIt(incident),
  ]);
}

/** Nobody has reacted, and Slack takes no call in any channel: somebody is told directly. */
export function directNote({ incident, forMs }: Unattended): Message {
  const name = formatTarget(incident.target);
  return message(`Nobody has reacted to ${name} for ${formatDuration(forMs)}`, [
    section(
      `${headed(incident)}\nNobody has reacted for ${formatDuration(forMs)}, and Slack takes no call in <#${incident.channel}>, so you are told here.${ofStorm(incident)} \`/oom show ${incident.id}\` tells more.`,
    ),
    ...onIt(incident),
  ]);
}

function headed({ problem, target, severity }: Incident): string {
  return `📣 *${PROBLEMS[problem]}: ${code(formatTarget(target))}*${severity === undefined ? "" : ` · ${severity}`}`;
}

function ofStorm({ stormId }: Incident): string {
  return stormId === undefined ? "" : ` It is one of the storm ${code(stormId)}.`;
}

/** Somebody has reacted after being called: stands where they were called. */
export function attendedNote({ incident, by }: { readonly incident: Incident; readonly by: string }): Message {
  const name = incident.stormId === undefined ? formatTarget(incident.target) : `the storm ${incident.stormId}`;
  const what = incident.stormId === undefined ? code(name) : `the storm ${code(incident.stormId)}`;
  return message(`Somebody is on ${name}`, [section(`🙋 ${person(by)} is on ${what} · ${code(incident.id)}`)]);
}

/** In a storm's thread all of it is snoozed. */
function onIt({ id, stormId = id }: Incident): ReturnType<typeof buttons> {
  return buttons([
    button("I'm on it", { actionId: "incident_attend", id, style: "primary" }),
    button("Snooze 1 h", { actionId: "incident_snooze", id: stormId }),
  ]);
}
