import { counted } from "../domain/count.ts";
import type { Incident } from "../domain/incident.ts";
import type { Message } from "../domain/message.ts";
import { incidentName } from "../domain/target.ts";
import { button, header, message, section } from "./kit.ts";
import { PROBLEMS, STATES } from "./root.ts";
import { code, time, who } from "./words.ts";

// A screen of a phone, and within Slack's 50 blocks.
const MOST = 20;

/** What is going on, newest first, each with a button that shows it. */
export function incidentList(facts: { readonly incidents: readonly Incident[]; readonly which: "open" | "all" }): Message {
  const { incidents, which } = facts;
  const title = which === "open" ? "Open incidents" : "Incidents, newest first";
  if (incidents.length === 0) {
    const nothing = which === "open" ? "No incident is open." : "There has been no incident yet.";
    return message(nothing, [section(`🟢 ${nothing}`)]);
  }
  const shown = incidents.slice(0, MOST);
  const left = incidents.length - shown.length;
  return message(`${title}: ${incidents.length}`, [
    header(title),
    ...shown.map((incident) => section(line(incident), button("Show", { actionId: "incident_show", id: incident.id }))),
    left > 0 ? section(`… and ${counted(left, "older one")}.`) : undefined,
  ]);
}

function line(incident: Incident): string {
  const state = STATES[incident.state];
  const seen = incident.timesSeen > 1 ? ` · reported ${counted(incident.timesSeen, "time")}` : "";
  return `${state.mark} *${PROBLEMS[incident.problem]}: ${code(incidentName(incident.target))}* ${state.says}\nOpened by ${who(incident.openedBy)} ${time(incident.openedAtMs)}${seen} · ${code(incident.id)}`;
}
