import type { Config, ServiceConfig } from "../config.ts";
import { hasWebhooks } from "../config/build-webhooks.ts";
import type { QuietHours } from "../domain/calm.ts";

type Hearing = Pick<ServiceConfig, "webhooks" | "watch" | "docker" | "kubernetes" | "calm" | "slack">;

/** Ways by which nothing is ever heard or told. */
export function hearingWarnings(config: Config | ServiceConfig): readonly string[] {
  return [...hoursWarnings(config.calm.quietHours), ...("slack" in config ? [...deaf(config), ...channelWarnings(config.slack)] : [])];
}

function deaf({ slack, webhooks, watch, docker, kubernetes }: Hearing): readonly string[] {
  const isWatching = watch.enabled && docker.hosts.length + kubernetes.clusters.length > 0;
  if (slack.alertChannels.length > 0 || hasWebhooks(webhooks) || isWatching) return [];
  return [
    "no alert can ever reach it, only what people ask for with /oom: name slack.alertChannels, set up webhooks, or let it watch Docker or Kubernetes (docker.connections, kubernetes.connections)",
  ];
}

function channelWarnings({ alertChannels, incidentChannel, fallbackChannel, isFallbackNamed }: ServiceConfig["slack"]): readonly string[] {
  const twice = [...new Set(alertChannels.filter((id, index) => alertChannels.indexOf(id) !== index))];
  return [
    ...twice.map((id) => `slack.alertChannels names ${id} twice: each is read once`),
    ...(isFallbackNamed && fallbackChannel === incidentChannel
      ? [`slack.fallbackChannel is the incident channel, ${incidentChannel}: what cannot be posted there is told nowhere else`]
      : []),
  ];
}

const DAY_MINUTES = 24 * 60;
// `00:00` to `23:59` is meant as a whole day.
const REST_MINUTES = 5;

function hoursWarnings(hours: QuietHours | undefined): readonly string[] {
  if (hours === undefined) return [];
  const minutes = (hours.toMinutes - hours.fromMinutes + DAY_MINUTES) % DAY_MINUTES || DAY_MINUTES;
  return minutes < DAY_MINUTES - REST_MINUTES
    ? []
    : ["alerts.quietHours are the whole day: what is not critical never has a thread of its own, and is told once a day"];
}
