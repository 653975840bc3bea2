import { OomphError } from "../../domain/errors.ts";
import type { MetricSeries, MetricStore, RangeQuery, ScrapeTarget } from "../../ports/metric-store.ts";
import { ask } from "./ask.ts";
import { MatrixData, TargetsData } from "./schema.ts";
import type { PrometheusSettings } from "./settings.ts";

const MOST_TARGETS = 300;

/** Prometheus, or what speaks its HTTP API (Thanos, Mimir, VictoriaMetrics). Connects with each question. */
export function createMetricStore(settings: PrometheusSettings): MetricStore {
  return {
    async targets(fits, signal) {
      const read = TargetsData.safeParse(await ask(settings, { path: "targets?state=active" }, signal));
      if (!read.success) throw unreadable("targets");
      return read.data.activeTargets
        .map(asTarget)
        .filter(({ labels }) => fits(labels))
        .slice(0, MOST_TARGETS);
    },
    async range(query, signal) {
      const read = MatrixData.safeParse(await ask(settings, { path: "query_range", parameters: parametersOf(query) }, signal));
      if (!read.success) throw unreadable("series");
      return read.data.result.map(asSeries);
    },
  };
}

type Target = (typeof TargetsData)["_output"]["activeTargets"][number];

function asTarget({ labels, discoveredLabels, scrapeUrl, lastError, lastScrape, health }: Target): ScrapeTarget {
  const lastScrapeAtMs = Date.parse(lastScrape);
  return {
    job: labels["job"] ?? "",
    instance: labels["instance"] ?? scrapeUrl,
    up: health === "up",
    lastError,
    ...statusIn(lastError),
    // Before the first scrape it is the year 1.
    ...(Number.isNaN(lastScrapeAtMs) || lastScrapeAtMs <= 0 ? {} : { lastScrapeAtMs }),
    labels: { ...discoveredLabels, ...labels },
  };
}

/** Prometheus has the status in its words only: `server returned HTTP status 401 Unauthorized`. */
function statusIn(lastError: string): Pick<ScrapeTarget, "lastStatus"> {
  const [, status] = /HTTP status (\d{3})\b/.exec(lastError) ?? [];
  return status === undefined ? {} : { lastStatus: Number(status) };
}

function asSeries({ metric, values }: (typeof MatrixData)["_output"]["result"][number]): MetricSeries {
  const points = values.map(([seconds, value]) => ({ atMs: seconds * 1000, value: Number(value) }));
  return { labels: metric, points: points.filter(({ value }) => Number.isFinite(value)) };
}

function parametersOf({ expression, fromMs, toMs, stepMs }: RangeQuery): Readonly<Record<string, string>> {
  return { query: expression, start: String(fromMs / 1000), end: String(toMs / 1000), step: String(stepMs / 1000) };
}

function unreadable(what: string): OomphError {
  return new OomphError(
    "refused",
    `expected ${what} as Prometheus tells them, got something else: its version may be one that Oomph does not know.`,
  );
}
