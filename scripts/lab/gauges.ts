import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** An exporter whose gauges are set by hand: what cAdvisor, kube-state-metrics and others would measure. */
export type GaugesLab = {
  /** `127.0.0.1:<port>`, for `static_configs`. */
  readonly target: string;
  /** With `instance` among the labels another exporter is played: to be scraped with honor_labels. */
  set(metric: string, labels: Labels, value: GaugeValue): void;
  stop(): Promise<void>;
};

type Labels = Readonly<Record<string, string>>;

/** Told as it is, or by how often it was told before and for how long it has been set. Undefined: it is not told (any more). */
export type GaugeValue = number | undefined | ((told: { readonly times: number; readonly seconds: number }) => number | undefined);

export async function startGauges(): Promise<GaugesLab> {
  const gauges = new Map<string, { readonly value: GaugeValue; readonly sinceMs: number; times: number }>();
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "text/plain; version=0.0.4" });
    for (const [series, gauge] of gauges) {
      const { value, sinceMs, times } = gauge;
      const now = typeof value === "function" ? value({ times, seconds: (Date.now() - sinceMs) / 1000 }) : value;
      gauge.times += 1;
      if (now !== undefined) response.write(`${series} ${now}\n`);
    }
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    target: `127.0.0.1:${port}`,
    set: (metric, labels, value) => void gauges.set(seriesOf(metric, labels), { value, sinceMs: Date.now(), times: 0 }),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function seriesOf(metric: string, labels: Labels): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}=${JSON.stringify(text)}`);
  return `${metric}{${pairs.join(",")}}`;
}
