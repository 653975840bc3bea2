import type { Severity } from "./alert.ts";

/** A sender's word for how bad it is, in ours. Null: none, or one that says nothing (`none`, `page`). */
export function severityOf(word: string | undefined): Severity | null {
  return SEVERITY_WORDS.get((word ?? "").trim().toLowerCase()) ?? null;
}

// Sources: Prometheus' and Grafana's usual labels, PagerDuty's (critical, error, warning, info) and its urgencies, Sentry's levels,
// Datadog's alert types and priorities, New Relic's priorities, syslog's names.
/** In small letters. */
export const SEVERITY_WORDS: ReadonlyMap<string, Severity> = new Map<string, Severity>([
  ...["critical", "crit", "fatal", "emergency", "emerg", "alert", "disaster", "major", "error", "err", "high", "p1", "sev1", "page"].map(
    (word) => [word, "critical"] as const,
  ),
  ...["kritisch", "critique", "crítico", "crítica", "critico", "critica", "严重", "緊急", "критично"].map(
    (word) => [word, "critical"] as const,
  ),
  ...["warnung", "avertissement", "advertencia", "aviso", "avviso", "警告", "предупреждение"].map((word) => [word, "warning"] as const),
  ...["warning", "warn", "minor", "average", "medium", "moderate", "p2", "p3", "sev2", "sev3"].map((word) => [word, "warning"] as const),
  ...["info", "information", "informational", "notice", "low", "debug", "ok", "p4", "p5", "sev4"].map((word) => [word, "info"] as const),
]);
