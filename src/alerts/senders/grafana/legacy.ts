import type { AlertFacts } from "../../../domain/alert.ts";
import { given } from "../../../domain/given.ts";
import { bounded, linkOf, severityOf, statusOfWord } from "../../facts.ts";
import { MOST_ALERTS, type Sent } from "../sender.ts";
import { linesOf } from "../words.ts";
import { parseEvalMatch, parseLegacyAlert, type EvalMatch, type LegacyAlert } from "./schema.ts";

/** A rule of Grafana's legacy alerting; each series that fits it is an alert of its own. Undefined: it is none. */
export function readLegacy(body: unknown): Sent | undefined {
  const alert = parseLegacyAlert(body);
  if (alert === undefined) return undefined;
  const matches = alert.evalMatches.slice(0, MOST_ALERTS).map(parseEvalMatch);
  const tagged = matches.filter(({ tags }) => Object.keys(tags).length > 0);
  const facts = tagged.length > 0 ? tagged.map((match) => factsOf(alert, match)) : [factsOf(alert, matches[0])];
  const leftOut = alert.evalMatches.length - matches.length;
  return { kind: "facts", facts, ...(leftOut === 0 ? {} : { leftOut }) };
}

function factsOf(alert: LegacyAlert, match: EvalMatch | undefined): AlertFacts {
  const labels = { ...alert.tags, ...match?.tags };
  return bounded({
    name: alert.ruleName ?? alert.title?.replace(/^\[\w{1,20}\] */, "") ?? null,
    status: statusOfWord(alert.state) ?? "firing",
    severity: severityOf(labels["severity"]),
    // A rule that had nothing to look at.
    labels: alert.state === "no_data" ? { ...labels, state: alert.state } : labels,
    text: linesOf([alert.message, match?.metric]),
    ...given({ metric: match?.metric, value: match?.value, link: linkOf(alert.ruleUrl) }),
  });
}
