import { formatTarget } from "../domain/target.ts";
import { EVENTS, type EscalationFacts } from "./issue.ts";
import { utc } from "./markdown.ts";
import { formatDuration } from "../domain/duration.ts";
import { confidence, visible } from "./words.ts";

export type MailFacts = EscalationFacts & {
  /** The issue about the same incident, where there is one. */
  readonly issueUrl?: string;
  /** How late the mail is, where that is worth a word. */
  readonly lateMs?: number;
};

/** A mail about the newest of what was raised, plain and as simple HTML that says the same. */
export function mailText(facts: MailFacts): { readonly subject: string; readonly text: string; readonly html: string } {
  const { incident, raised } = facts;
  const event = EVENTS[raised.at(-1)?.event ?? "warning"];
  const paragraphs = paragraphsOf(facts);
  return {
    subject: visible(`[Oomph] ${event}: ${formatTarget(incident.target)}`),
    text: `${paragraphs.map((lines) => lines.map(plain).join("\n")).join("\n\n")}\n`,
    html: `<!doctype html>\n<html><body style="font-family: sans-serif">\n${paragraphs.map((lines) => `<p>${lines.map(rich).join("<br>\n")}</p>`).join("\n")}\n</body></html>\n`,
  };
}

type Line = { readonly label?: string; readonly says: string } | { readonly label: string; readonly url: string };

function paragraphsOf(facts: MailFacts): readonly (readonly Line[])[] {
  const { incident, raised, diagnosis, lookedAtMs, lateMs } = facts;
  const last = raised.at(-1);
  const event: Line[] = [
    { label: EVENTS[last?.event ?? "warning"], says: formatTarget(incident.target) },
    ...(last === undefined ? [] : [{ says: last.says }, { label: "When", says: utc(last.raisedAtMs) }]),
    ...(lateMs === undefined ? [] : [{ label: "Late", says: `this mail could not be sent for ${formatDuration(lateMs)}` }]),
  ];
  const { finding, summary = [] } = diagnosis ?? {};
  const verdict: Line[] =
    finding === undefined
      ? []
      : [
          { label: `Verdict (${confidence(finding.confidence)})`, says: finding.headline },
          ...(lookedAtMs === undefined ? [] : [{ label: "As it was at", says: utc(lookedAtMs) }]),
          ...summary.map(({ label, value }) => ({ label, says: value })),
        ];
  return [event, verdict, linksOf(facts)].filter((lines) => lines.length > 0);
}

function linksOf({ incident, threadUrl, issueUrl }: MailFacts): readonly Line[] {
  return [
    ...(threadUrl === undefined ? [] : [{ label: "Thread in Slack", url: threadUrl }]),
    ...(issueUrl === undefined ? [] : [{ label: "Issue", url: issueUrl }]),
    { label: "Incident", says: incident.id },
  ];
}

function plain(line: Line): string {
  const says = "url" in line ? line.url : visible(line.says);
  return line.label === undefined ? says : `${visible(line.label)}: ${says}`;
}

function rich(line: Line): string {
  const says = "url" in line ? `<a href="${escapeHtml(line.url)}">${escapeHtml(line.url)}</a>` : escapeHtml(visible(line.says));
  return line.label === undefined ? says : `<b>${escapeHtml(visible(line.label))}:</b> ${says}`;
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
