import type { AlertThresholds } from "../../domain/alert-thresholds.ts";
import { counted } from "../../domain/count.ts";
import { formatDuration } from "../../domain/duration.ts";
import type { Claim, Measure } from "../workload-memory/check-claim.ts";
import { inWords } from "./diagnose-scraping.ts";
import { askedPods, isServed, properAnswer, statusOf, type Picture } from "./picture.ts";

const NOBODY = "neither Prometheus nor the endpoint of its metrics could be asked";
const KEPT_OUT: ReadonlySet<number> = new Set([401, 403, 500]);

/** MemoryMetricsMissing: are they there now? Pure. */
export function metricsMissing(picture: Picture, { metrics_missing: { forMs } }: AlertThresholds): Claim {
  return {
    says: `there have been no metrics for ${formatDuration(forMs)}`,
    measures: [...scraped(picture, ({ up }) => !up), ...served(picture)],
    otherwise: NOBODY,
  };
}

/** MetricsAuthenticationFailure: is somebody kept out who should be let in? Pure. */
export function metricsAuth(picture: Picture): Claim {
  const targets = scraped(picture, ({ up, lastStatus }) => !up && KEPT_OUT.has(lastStatus ?? 0));
  return {
    says: "its metrics cannot be scraped for want of the right credentials",
    measures: [...targets, ...letIn(picture)],
    otherwise: NOBODY,
  };
}

type ScrapeTarget = NonNullable<Picture["prometheus"]>["value"]["targets"][number];

/** Of targets that fail so one, else one of those that do not. */
function scraped({ prometheus, pods }: Picture, fails: (target: ScrapeTarget) => boolean): readonly Measure[] {
  if (prometheus === undefined || prometheus.value.missing.some(({ what }) => what === "targets")) return [];
  const { evidenceId, value } = prometheus;
  const [first] = value.targets;
  if (first === undefined) return [{ evidenceId, says: "Prometheus scrapes none of these pods", overThreshold: true }];
  const failing = value.targets.find(fails);
  const shown = failing ?? first;
  const atMs = shown.lastScrapeAtMs;
  const ago = atMs === undefined || pods === undefined ? "" : `, last scraped ${formatDuration(Math.max(0, pods.value.atMs - atMs))} ago`;
  return [{ evidenceId, says: `${inWords(shown)}${ago}`, overThreshold: failing !== undefined }];
}

function served(picture: Picture): readonly Measure[] {
  const asked = askedPods(picture);
  const silent = asked.find((pod) => !isServed(pod));
  const shown = silent ?? asked[0];
  if (picture.endpoint === undefined || shown === undefined) return [];
  const { pod, path, samples = 0 } = shown;
  const answered = statusOf(properAnswer(shown)) ?? "nothing";
  const says =
    silent === undefined
      ? `${pod} ${path} serves ${counted(samples, "sample")}`
      : `${pod} ${path} answers ${answered} and serves no metrics`;
  return [{ evidenceId: picture.endpoint.evidenceId, says, overThreshold: silent !== undefined }];
}

function letIn(picture: Picture): readonly Measure[] {
  const asked = askedPods(picture).filter((pod) => statusOf(properAnswer(pod)) !== undefined);
  const kept = asked.find((pod) => KEPT_OUT.has(statusOf(properAnswer(pod)) ?? 0));
  const shown = kept ?? asked[0];
  if (picture.endpoint === undefined || shown === undefined) return [];
  const how = shown.with === undefined ? "without credentials, for none are configured" : "with the credentials of the Secret";
  const says = `${shown.pod} ${shown.path} answers ${statusOf(properAnswer(shown)) ?? "nothing"} ${how}`;
  return [{ evidenceId: picture.endpoint.evidenceId, says, overThreshold: kept !== undefined }];
}
