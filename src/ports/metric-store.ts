/** Where metrics are kept over time, such as Prometheus. Only read. Methods throw OomphError: `unreachable`, `timed-out`, `wrong-credentials`, `no-rights`, `refused`. */
export type MetricStore = {
  /** What is scraped now and fits, at most some hundred. */
  targets(fits: (labels: MetricLabels) => boolean, signal: AbortSignal): Promise<readonly ScrapeTarget[]>;
  /** A PromQL expression over time. */
  range(query: RangeQuery, signal: AbortSignal): Promise<readonly MetricSeries[]>;
};

export type MetricLabels = Readonly<Record<string, string>>;

export type ScrapeTarget = {
  readonly job: string;
  readonly instance: string;
  /** Its last scrape went well. Unknown, as before the first: false, without an error. */
  readonly up: boolean;
  /** Empty: none. May hold an address. */
  readonly lastError: string;
  /** The HTTP status that its last scrape failed with. Absent: it went well, or failed otherwise. */
  readonly lastStatus?: number;
  readonly lastScrapeAtMs?: number;
  /** Its own labels, and those that it was discovered with (`__meta_kubernetes_pod_name`). */
  readonly labels: MetricLabels;
};

export type RangeQuery = { readonly expression: string; readonly fromMs: number; readonly toMs: number; readonly stepMs: number };

/** Oldest first; values that are no numbers are left out. */
export type MetricSeries = { readonly labels: MetricLabels; readonly points: readonly { readonly atMs: number; readonly value: number }[] };
