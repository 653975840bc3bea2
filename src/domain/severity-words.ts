import type { Severity } from "./alert.ts";

/** A sender's word for how bad it is, in ours. Null: none, or one that says nothing (`none`). */
export function severityOf(word: string | undefined): Severity | null {
  return SEVERITY_WORDS.get((word ?? "").trim().toLowerCase()) ?? null;
}

// What means nothing else, wherever it stands in a text, in the languages in which alerts are read.
const ANYWHERE: Readonly<Record<Severity, readonly string[]>> = {
  critical: ["critical", "kritisch", "critique", "crítico", "crítica", "critico", "critica", "критично", "严重", "緊急"],
  warning: ["warning", "warnung", "avertissement", "advertencia", "aviso", "avviso", "предупреждение", "警告"],
  info: ["info"],
};

// Sources: Prometheus' and Grafana's usual labels, PagerDuty's (critical, error, warning, info) and its urgencies, Sentry's levels,
// Datadog's alert types and priorities, New Relic's priorities, syslog's names.
const IN_ITS_PLACE: Readonly<Record<Severity, readonly string[]>> = {
  critical: ["crit", "fatal", "emergency", "emerg", "alert", "disaster", "major", "error", "err", "high", "p1", "sev1", "page"],
  warning: ["warn", "minor", "average", "medium", "moderate", "p2", "p3", "sev2", "sev3"],
  info: ["information", "informational", "notice", "low", "debug", "ok", "p4", "p5", "sev4"],
};

/** In small letters. */
export const SEVERITY_WORDS: ReadonlyMap<string, Severity> = new Map(
  (["critical", "warning", "info"] as const).flatMap((severity) =>
    [...ANYWHERE[severity], ...IN_ITS_PLACE[severity]].map((word) => [word, severity] as const),
  ),
);

const FIRST_ANYWHERE = wholeWords(Object.values(ANYWHERE).flat());
const CRITICAL = wholeWords([...ANYWHERE.critical, ...IN_ITS_PLACE.critical]);

/** The first word of a text that says how bad it is and can mean nothing else. */
export function severityAnywhere(text: string): Severity | null {
  return severityOf(FIRST_ANYWHERE.exec(text)?.[0]);
}

/** Is there any of the words by which senders call an alert critical? Quick; without one no alert in the text is. */
export function mayBeCritical(text: string): boolean {
  return CRITICAL.test(text);
}

function wholeWords(words: readonly string[]): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{N}_])(?:${words.join("|")})(?![\\p{L}\\p{N}_])`, "iu");
}
