import { formatDuration } from "../domain/duration.ts";
import type { TimeToOom } from "../domain/memory.ts";

/** `0.973` → `97%`, `0.9973` → `99.7%`: near the ends one decimal more, so that almost all is not read as all. */
export function percent(share: number): string {
  const value = share * 100;
  if (value > 0 && value < 0.05) return "under 0.1%";
  const nearAnEnd = (value > 99 && value < 99.95) || (value >= 0.05 && value < 1);
  return `${nearAnEnd ? value.toFixed(1) : Math.round(value)}%`;
}

/** When a leak reaches its limit: a sentence to put after another, nothing where that is not forecast. */
export function forecastInWords(timeToOom: TimeToOom): string {
  if (timeToOom.kind !== "expected") return "";
  const { ms, lowMs, highMs } = timeToOom;
  return ` At this pace its limit is reached in about ${formatDuration(ms)} (${formatDuration(lowMs)} to ${formatDuration(highMs)}).`;
}

/** Text from outside made fit for one line: control characters become spaces, cut at `length` characters. */
export function oneLine(text: string, length = 120): string {
  const shown = text.replaceAll(/\p{C}+/gu, " ").trim();
  return shown.length <= length ? shown : `${shown.slice(0, length - 1)}…`;
}

/** `2026-11-22 06:40 UTC`. */
export function moment(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** `2 cores`, `0.5 cores`, `1 core`. */
export function coresInWords(cores: number): string {
  const shown = Number.isInteger(cores) ? String(cores) : String(Math.round(cores * 100) / 100);
  return `${shown} ${cores === 1 ? "core" : "cores"}`;
}

const NAMES: Readonly<Record<string, string>> = {
  kong: "Kong",
  puma: "Puma",
  unicorn: "Unicorn",
  gunicorn: "Gunicorn",
  uwsgi: "uWSGI",
  "php-fpm": "PHP-FPM",
  node: "Node",
  sidekiq: "Sidekiq",
  celery: "Celery",
  postgres: "PostgreSQL",
  apache: "Apache",
  jvm: "Java",
  python: "Python",
  go: "Go",
  php: "PHP",
  ruby: "Ruby",
  dotnet: ".NET",
  rust: "Rust",
  erlang: "Erlang",
};

/** As people write the name of a server or runtime. */
export function properName(id: string): string {
  return NAMES[id] ?? id;
}
