import type { AlertFacts, AlertStatus, Severity } from "../../domain/alert.ts";
import { given } from "../../domain/given.ts";
import { bounded, linkOf, severityOf } from "../facts.ts";
import { labelsInText } from "../labels-in-text.ts";
import { timeInText } from "../time-in-text.ts";
import { comparable } from "../victim-labels.ts";

export type Titled = {
  readonly name: string;
  readonly status: AlertStatus;
  /** Without the title. */
  readonly lines: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly severity?: Severity | null;
  /** Where the post names what is measured other than by a line. */
  readonly metric?: string;
};

/** A post that tells of one alert: a title, and lines of which some say one thing each. */
export function titledPost({ name, status, lines, labels = {}, severity = null, metric }: Titled): AlertFacts {
  const text = lines.join("\n");
  const written = labelsInText(text);
  const said = new Map(Object.entries(written).map(([label, value]) => [comparable(label), value] as const));
  return bounded({
    name,
    status,
    severity:
      severity ??
      severityOf(said.get("severity")) ??
      severityOf(said.get("priority")) ??
      severityOf(said.get("level")) ??
      severityOf(said.get("urgency")),
    labels: { ...written, ...labels },
    text: [name, text].join("\n"),
    ...given({
      startsAtMs: timeInText(text),
      metric: said.get("metric") ?? metric,
      link: linkOf(/https?:\/\/[^\s<>|)]{1,2000}/.exec(text)?.[0]),
    }),
  });
}
