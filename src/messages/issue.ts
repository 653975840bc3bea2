import { counted } from "../domain/count.ts";
import type { Escalation, EscalationEvent } from "../domain/escalation.ts";
import type { Diagnosis } from "../domain/finding.ts";
import type { Incident } from "../domain/incident.ts";
import { formatTarget } from "../domain/target.ts";
import { markdown, markdownCode, utc } from "./markdown.ts";
import { clip, confidence, visible } from "./words.ts";

/** What is known when something is told outside the chat. */
export type EscalationFacts = {
  readonly incident: Incident;
  /** Everything raised for one place, in the order of being raised; at least one. */
  readonly raised: readonly Escalation[];
  /** The newest, once there is one. */
  readonly diagnosis?: Diagnosis;
  /** When that was looked at: what has happened since is not in it. */
  readonly lookedAtMs?: number;
  readonly threadUrl?: string;
};

/** What an event is called. */
export const EVENTS: Readonly<Record<EscalationEvent, string>> = {
  warning: "Memory above the warning threshold",
  leak: "Suspected memory leak",
  critical: "Memory above the critical threshold",
  killed: "Killed for lack of memory",
  resolved: "Over",
};

const TITLE_LENGTH = 200;

/** An issue's title, plain, and its body in GitHub's Markdown. The body shows how things are now; the title stays. */
export function issueText(facts: EscalationFacts): { readonly title: string; readonly body: string } {
  const { incident, raised } = facts;
  const target = formatTarget(incident.target);
  const happened = EVENTS[raised[0]?.event ?? "warning"].toLowerCase();
  const body = [heading(facts), timeline(raised), verdict(facts), footer(facts)].filter((part) => part !== "");
  return { title: clip(visible(`${target}: ${happened}`).replaceAll("`", "ˋ"), TITLE_LENGTH), body: `${body.join("\n\n")}\n` };
}

/** A comment on something new. */
export function issueComment({ event, says, raisedAtMs }: Escalation): string {
  const end = event === "resolved" ? " Oomph closes this issue." : "";
  return `**${EVENTS[event]}** (${utc(raisedAtMs)}): ${markdown(says)}${end}`;
}

function heading({ incident, raised }: EscalationFacts): string {
  const last = raised.at(-1);
  const says = last === undefined ? "" : `\n${markdown(last.says)}`;
  const state = last?.event === "resolved" ? "✅ Over" : `🔴 ${EVENTS[last?.event ?? "warning"]}`;
  return `**${state}: ${markdownCode(formatTarget(incident.target))}**${says}`;
}

function timeline(raised: readonly Escalation[]): string {
  const lines = raised.map((one) => {
    const again = one.times > 1 ? ` (${counted(one.times, "time")}, last ${utc(one.lastRaisedAtMs)})` : "";
    return `- ${utc(one.raisedAtMs)}: **${EVENTS[one.event]}**${again}: ${markdown(one.says)}`;
  });
  return ["### What happened", ...lines].join("\n");
}

function verdict({ diagnosis, lookedAtMs }: EscalationFacts): string {
  if (diagnosis === undefined) return "";
  const { finding, summary, furtherSteps } = diagnosis;
  const facts = summary.map(({ label, value }) => `- ${markdown(label)}: ${markdown(value)}`);
  const steps = furtherSteps.length === 0 ? [] : ["", "To do:", ...furtherSteps.map((step) => `- ${markdown(step)}`)];
  const when = lookedAtMs === undefined ? [] : ["", `As it was at ${utc(lookedAtMs)}:`];
  return [`### Verdict (${confidence(finding.confidence)})`, markdown(finding.headline), ...when, "", ...facts, ...steps].join("\n");
}

function footer({ incident, threadUrl }: EscalationFacts): string {
  const thread = threadUrl === undefined ? "" : `[The thread in Slack](${threadUrl}) · `;
  return `${thread}incident ${markdownCode(incident.id)}\n\n<sub>Oomph rewrites this text while the problem lasts and closes the issue when it ends: write in comments.</sub>`;
}
