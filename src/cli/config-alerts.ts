import type { Config, ServiceConfig } from "../config.ts";
import type { AlertRule } from "../domain/alert-rule.ts";
import type { MaintenanceWindow } from "../domain/calm.ts";
import { counted } from "../domain/count.ts";
import { formatDuration } from "../domain/duration.ts";

type Alerting = Pick<Config | ServiceConfig, "webhooks" | "alerts" | "calm" | "unattended">;

/** What is set for alerts, in a few lines. */
export function describeAlerts({ webhooks, alerts, calm, unattended }: Alerting): readonly string[] {
  const senders = [
    ...Object.keys(webhooks.secrets),
    ...(webhooks.topics.length > 0 ? ["SNS"] : []),
    ...webhooks.generic.map(({ name }) => name),
  ];
  const { mention, spread, severities = [] } = unattended ?? {};
  const calls = [
    ...(mention === undefined ? [] : [`${mention.group} after ${formatDuration(mention.afterMs)}`]),
    ...(spread === undefined ? [] : [`${spread.channel} after ${formatDuration(spread.afterMs)}`]),
  ];
  const { quietHours, maintenance } = calm;
  return [
    `Webhooks: ${senders.length === 0 ? "none" : senders.join(", ")}`,
    ...(alerts.rules.length === 0 ? [] : [`Alert rules of your own: ${alerts.rules.map(({ id }) => id).join(", ")}`]),
    ...(maintenance.length === 0
      ? []
      : [`${counted(maintenance.length, "maintenance window")}: ${maintenance.map(windowWords).join("; ")}`]),
    ...(quietHours === undefined
      ? []
      : [`Quiet hours: ${clock(quietHours.fromMinutes)}-${clock(quietHours.toMinutes)} ${quietHours.zone}`]),
    ...(calls.length === 0 ? [] : [`Called when nobody reacts: ${calls.join(", ")}, for ${severities.join(", ")}`]),
  ];
}

/** What works as it is written, and is probably not what was meant. */
export function alertWarnings({ alerts, calm }: Alerting, nowMs: number): readonly string[] {
  return [...calm.maintenance.flatMap((window) => windowWarnings(window, nowMs)), ...alerts.rules.flatMap(ruleWarnings)];
}

function windowWarnings({ name, when, targets, labels }: MaintenanceWindow, nowMs: number): readonly string[] {
  const isOver = when.kind === "once" && when.toMs <= nowMs;
  const isAll = (targets.length === 0 || targets.includes("*")) && Object.keys(labels).length === 0;
  return [
    ...(isOver ? [`maintenance "${name}" is over since ${new Date(when.toMs).toISOString()}: it can be removed`] : []),
    ...(isAll ? [`maintenance "${name}" names neither targets nor labels: it silences everything`] : []),
  ];
}

function ruleWarnings({ id, when, unless, verdict }: AlertRule): readonly string[] {
  const isAll = when.some(({ name, ...more }) => Object.keys(more).length === 0 && name?.some((pattern) => /^\*+$/.test(pattern)) === true);
  return verdict.memory === "no" && unless === undefined && isAll ? [`the alert rule ${id} silences every alert that has a name`] : [];
}

function windowWords({ name, targets, labels }: MaintenanceWindow): string {
  const scope = [...targets, ...Object.entries(labels).map(([label, value]) => `${label}=${value}`)];
  return `${name} (${scope.length === 0 ? "all" : scope.join(", ")})`;
}

function clock(minutes: number): string {
  return [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, "0")).join(":");
}
