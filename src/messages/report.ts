import { formatDuration } from "../domain/duration.ts";
import type { StepFailure } from "../domain/evidence.ts";
import type { Diagnosis, Finding, Reason } from "../domain/finding.ts";
import type { Block, Message, SectionBlock } from "../domain/message.ts";
import type { Risk } from "../domain/plan.ts";
import { formatTarget, type Target } from "../domain/target.ts";
import { button, context, divider, facts as factFields, message, overflow, section, snoozeMenu, titled } from "./kit.ts";
import { code, confidence, prose, visible } from "./words.ts";

/** An action that a click asks for; `id` is what the click sends back. */
export type OfferFacts = {
  readonly id: string;
  readonly title: string;
  /** Tells it from another offer with the same title: `allkeys-lru`. */
  readonly detail?: string;
  readonly why: string;
  readonly risk?: Risk;
};

/** More stand in the menu: at three in the morning two buttons are a choice, five are a riddle. */
const BUTTONS = 2;

/** What an investigation found: the verdict and how sure it is, then what to press, then why. */
export function reportMessage(facts: {
  readonly target: Target;
  readonly diagnosis: Diagnosis;
  readonly failures: readonly StepFailure[];
  readonly offers: readonly OfferFacts[];
  readonly tookMs?: number;
  /** Absent: there is none to snooze. */
  readonly incidentId?: string;
}): Message {
  const { target, diagnosis, failures, incidentId } = facts;
  const { finding } = diagnosis;
  const offers = facts.offers.map((offer) => ({ ...offer, title: distinctTitle(offer, facts.offers) }));
  return message(`${visible(finding.headline.replace(/\.$/, ""))} (${sureness(finding)})`, [
    section(
      `${mark(diagnosis)} *${prose(finding.headline)}*\n${capital(sureness(finding))} · ${code(formatTarget(target))}`,
      incidentId === undefined ? undefined : snoozeMenu(incidentId),
    ),
    press(offers),
    divider(),
    reasons("Why", finding.for),
    reasons("What speaks against it", finding.against),
    summary(diagnosis),
    suspects(diagnosis),
    titled("Root Cause Hypotheses", [finding, ...diagnosis.hypotheses].map(hypothesis)),
    titled("Recommended Actions", recommended(offers, diagnosis.furtherSteps)),
    titled("Could not be looked at", failures.map(failure)),
    facts.tookMs === undefined ? undefined : context(`Found out in ${formatDuration(facts.tookMs)}. Nothing has been changed.`),
  ]);
}

/** What a risk means for the one who presses. */
export const RISKS: Readonly<Record<Risk, string>> = {
  none: "changes nothing on the target",
  change: "changes a setting",
  disruptive: "disturbs running clients",
  destructive: "deletes data",
};

function press(offers: readonly OfferFacts[]): readonly Block[] {
  if (offers.length === 0) return [section("There is no action to ask for: none of Oomph's would help here.")];
  const rows = offers.slice(0, BUTTONS).map((offer, index) => {
    const press = { actionId: "offer_ask", id: offer.id };
    return section(offerLine(offer), button(offer.title, index === 0 ? { ...press, style: "primary" } : press));
  });
  return [
    ...rows,
    ...more(offers.slice(BUTTONS)),
    context("A button asks for approval. Nothing is changed before somebody else has agreed to the exact plan."),
  ];
}

function more(offers: readonly OfferFacts[]): readonly SectionBlock[] {
  if (offers.length === 0) return [];
  const menu = overflow(
    "offer_ask",
    offers.map((offer) => ({ label: offer.title, id: offer.id })),
  );
  return [section(`Also possible: ${offers.map((offer) => prose(offer.title)).join(", ")}`, menu)];
}

function distinctTitle({ title, detail }: OfferFacts, offers: readonly OfferFacts[]): string {
  const alone = offers.filter((offer) => offer.title === title).length === 1;
  return alone || detail === undefined ? title : `${title}: ${detail}`;
}

function offerLine(offer: OfferFacts): string {
  const risk = offer.risk === undefined ? "" : ` (${RISKS[offer.risk]})`;
  return `*${prose(offer.title)}*${risk}\n${prose(offer.why)}`;
}

function reasons(title: string, list: readonly Reason[]): readonly SectionBlock[] {
  return titled(
    title,
    list.map((reason) => `• ${prose(reason.says)}`),
  );
}

function summary({ summary: rows }: Diagnosis): readonly SectionBlock[] {
  if (rows.length === 0) return [];
  return [section("*Evidence Summary*"), ...factFields(rows.map((row) => ({ label: prose(row.label), value: prose(row.value) })))];
}

function suspects({ suspects: found }: Diagnosis): readonly SectionBlock[] {
  if (found === undefined || found.rows.length === 0) return [];
  return titled(
    found.ofAll === true ? prose(found.title) : `Suspicious: ${prose(found.title)}`,
    found.rows.map((row) => suspect(found.columns, row)),
  );
}

/** A line per suspect, for a table of six columns breaks on a phone. What does not apply to one is left out. */
function suspect(columns: readonly string[], [name = "", ...cells]: readonly string[]): string {
  const said = cells.flatMap((cell, index) => (cell === "" ? [] : `${prose(columns[index + 1] ?? "")} ${prose(cell)}`));
  return [`• ${code(name, 80)}`, ...said].join(" · ");
}

function hypothesis(finding: Finding, index: number): string {
  const why = index === 0 ? [] : finding.for.slice(0, 2).map((reason) => prose(reason.says));
  const because = why.length === 0 ? "" : `: ${why.join("; ")}`;
  return `${index + 1}. ${prose(finding.headline.replace(/\.$/, ""))} (${sureness(finding)})${because}`;
}

/** Being a little sure of not knowing tells nobody anything. */
function sureness({ verdict, confidence: share }: Finding): string {
  return verdict === "undetermined" ? "undetermined" : confidence(share);
}

function recommended(offers: readonly OfferFacts[], furtherSteps: readonly string[]): readonly string[] {
  const pressed = offers.map((offer, index) =>
    index < BUTTONS ? `${prose(offer.title)} (button above)` : `${prose(offer.title)} (menu above): ${prose(offer.why)}`,
  );
  return [...pressed, ...furtherSteps.map(prose)].map((line, index) => `${index + 1}. ${line}`);
}

function failure({ step, because }: StepFailure): string {
  return `• ${code(step)}: ${prose(because)}`;
}

function mark({ finding, claim }: Diagnosis): string {
  if (finding.verdict === "healthy") return claim?.holds === "borne-out" ? "🟠" : "🟢";
  return finding.verdict === "undetermined" ? "⚪" : "🔴";
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
