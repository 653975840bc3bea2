import type { Incident, IncidentState, Problem } from "../domain/incident.ts";
import type { Message } from "../domain/message.ts";
import { incidentName } from "../domain/target.ts";
import { context, message, section, snoozeMenu } from "./kit.ts";
import { code, prose, time, visible, who } from "./words.ts";

/** The incident's headline, above its thread; edited when the state changes. */
export function rootMessage(facts: {
  readonly incident: Incident;
  /** The verdict's sentence, once there is one, or why it ended. */
  readonly says?: string;
}): Message {
  const { incident, says } = facts;
  const target = incidentName(incident.target);
  const state = STATES[incident.state];
  const heading = [`${state.mark} *${PROBLEMS[incident.problem]}: ${code(target)}*`, ...(says === undefined ? [] : [prose(says)])];
  return message(`${PROBLEMS[incident.problem]}: ${target}, ${state.says}. ${says === undefined ? "" : visible(says)}`.trim(), [
    section(heading.join("\n"), incident.state === "resolved" ? undefined : snoozeMenu(incident.id)),
    context(
      `${state.title}${severe(incident)} · opened by ${who(incident.openedBy)} ${time(incident.openedAtMs)}${ended(incident)} · ${code(incident.id)}`,
    ),
  ]);
}

/** What a problem is called. */
export const PROBLEMS: Readonly<Record<Problem, string>> = {
  "redis-memory": "Redis memory",
  "container-memory": "Container memory",
  "workload-memory": "Pod memory",
  "workload-metrics": "Pod metrics",
  "node-memory": "Node memory",
};

/** What an incident's state is called, with its mark. */
export const STATES: Readonly<Record<IncidentState, { readonly mark: string; readonly title: string; readonly says: string }>> = {
  open: { mark: "🔴", title: "Open", says: "open" },
  investigating: { mark: "🔎", title: "Being investigated", says: "being investigated" },
  diagnosed: { mark: "🟠", title: "Diagnosed", says: "diagnosed" },
  acting: { mark: "🔧", title: "Being fixed", says: "being fixed" },
  verifying: { mark: "🔧", title: "Checking whether the fix helped", says: "fix being checked" },
  resolved: { mark: "✅", title: "Resolved", says: "resolved" },
};

function severe({ severity }: Incident): string {
  return severity === undefined ? "" : ` · ${severity}`;
}

function ended({ resolvedAtMs }: Incident): string {
  return resolvedAtMs === undefined ? "" : ` · resolved ${time(resolvedAtMs)}`;
}
